import { basename, dirname, join } from 'node:path';
import { FileError, reasonOf } from '../../errors.ts';
import { rm, symlink } from '../../files.ts';
import { isUtf8Path } from '../../path-bytes.ts';
import type { ConversionJob } from '../messages.ts';

/**
 * Runs `work` with a job whose paths are UTF-8, as libraries need them: in the place of any other path comes a link in
 * `folder` that leads there; where only its folder has such a name, the link is to that, as nothing is written to
 * through a link in the place of a file. Throws `FileError` when there can be no link, and what `work` throws.
 */
export async function withPlainPaths<T>(
  job: ConversionJob,
  folder: string,
  work: (job: ConversionJob) => Promise<T>,
): Promise<T> {
  const { input, output, thumbnail, pieces, compare } = job;
  const links: string[] = [];
  const plain = async (path: string) => {
    if (isUtf8Path(path)) return path;
    const link = join(folder, `link-${links.length + 1}`);
    links.push(link);
    const name = basename(path);
    if (!isUtf8Path(name)) {
      await makeLink(path, link);
      return link;
    }
    await makeLink(dirname(path), link);
    return join(link, name);
  };
  const withJpeg = async <Part extends { readonly jpeg: string }>(part: Part) => ({
    ...part,
    jpeg: await plain(part.jpeg),
  });
  try {
    return await work({
      ...job,
      input: await plain(input),
      output: await plain(output),
      ...(thumbnail && { thumbnail: await withJpeg(thumbnail) }),
      ...(pieces && { pieces: await withJpeg(pieces) }),
      ...(compare && { compare: await withJpeg(compare) }),
    });
  } finally {
    for (const link of links) await rm(link, { force: true });
  }
}

async function makeLink(path: string, link: string): Promise<void> {
  try {
    await symlink(path, link);
  } catch (error) {
    throw new FileError(
      `The path ${path} is not UTF-8, and no link to it can be made in the temporary folder: ${reasonOf(error)}. ` +
        'Rename it, or set TMPDIR to a folder that can hold links.',
      { cause: error },
    );
  }
}
