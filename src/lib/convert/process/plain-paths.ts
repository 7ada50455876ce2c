import { basename, dirname, join } from 'node:path';
import { FileError, reasonOf } from '../../errors.ts';
import { rm, symlink } from '../../files.ts';
import { absolutePath, isUtf8Path } from '../../path-bytes.ts';
import type { ConversionRequest } from '../messages.ts';

/**
 * Runs `work` with absolute UTF-8 paths, as libraries need them: a link in `folder` replaces any
 * other path. If only the folder's name is not UTF-8, the link is to the folder, because a link in
 * place of a file is never written through. Throws `FileError` if no link can be made, and what
 * `work` throws.
 */
export async function withPlainPaths<Request extends ConversionRequest, T>(
  request: Request,
  folder: string,
  work: (request: Request) => Promise<T>,
): Promise<T> {
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
  try {
    const paths: Record<string, string> = {};
    for (const [what, path] of Object.entries(request.paths))
      paths[what] = await plain(absolutePath(path));
    return await work({ ...request, paths });
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
