import { execa } from 'execa';

/**
 * What exiftool reads in a file, by group and tag (`IFD0:Artist`); binary values by their length.
 */
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

/** All that exiftool's validation says against a file, and against its metadata. */
export async function complaintsOf(path: string): Promise<string[]> {
  const [found] = await validated([path]);
  return found?.complaints ?? [];
}

/** The same of many files, in their order. */
export async function validated(
  paths: readonly string[],
): Promise<{ readonly path: string; readonly complaints: string[] }[]> {
  const wanted = ['-validate', '-warning', '-error'];
  // By the copy of a tag, as there are several of the same name; what it cannot read makes its exit
  // code 1.
  const { stdout } = await execa('exiftool', ['-j', '-a', '-G4', ...wanted, ...paths], {
    reject: false,
  });
  return (JSON.parse(stdout) as Record<string, unknown>[]).map((found) => ({
    path: String(found['SourceFile']),
    complaints: Object.entries(found)
      .filter(([name]) => /(^|:)(Warning|Error)$/.test(name))
      .map(([, said]) => String(said)),
  }));
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
