import { execa } from 'execa';

/** What exiftool reads in a file, by group and tag (`IFD0:Artist`); binary values by their length. */
export async function exiftool(path: string): Promise<Record<string, unknown>> {
  const { stdout } = await execa('exiftool', ['-j', '-G1', '-struct', path]);
  const [found] = JSON.parse(stdout) as Record<string, unknown>[];
  return found ?? {};
}

/** A value as its bytes, as exiftool takes it out of a file. */
export async function exiftoolBytes(path: string, tag: string): Promise<Buffer> {
  const { stdout } = await execa('exiftool', ['-b', `-${tag}`, path], { encoding: 'buffer' });
  return Buffer.from(stdout);
}

/** Writes tags into a file (`Artist=somebody`), as exiftool does. */
export async function writeByExiftool(path: string, ...tags: readonly string[]): Promise<void> {
  await execa('exiftool', ['-q', '-overwrite_original', ...tags.map((tag) => `-${tag}`), path]);
}

/** The groups of a file's tags that are about its content, not about the file or its pixels. */
export function groupsOf(found: Record<string, unknown>): string[] {
  const groups = Object.keys(found).map((name) => name.split(':')[0] ?? '');
  const others = ['SourceFile', 'ExifTool', 'System', 'File', 'Composite'];
  return [...new Set(groups)].filter((group) => !others.includes(group)).sort();
}
