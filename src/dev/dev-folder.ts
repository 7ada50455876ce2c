import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArkeError, FileError, reasonOf, systemCodeOf } from '../lib/errors.ts';
import { absolutePath, isUtf8Path } from '../lib/path-bytes.ts';
import { isRunning } from '../lib/temporary-output.ts';
import { randomCredentials, type S3Credentials } from './sandbox/sandbox.ts';
import { writeSecretFile } from './secret-file.ts';

/** The folder for everything that is kept between starts. */
export interface DevFolder {
  readonly root: string;
  /** What Miniflare keeps: objects and callbacks. */
  readonly r2: string;
  /** A file for each task. */
  readonly tasks: string;
  /** Pictures of TIFFs, which can be made again. */
  readonly previews: string;
  /** Uploads in progress. */
  readonly incoming: string;
  /** A worker's variables, secrets included, for `--env-file` of other commands. */
  readonly envFile: string;
  /** The same at each start, so that a saved `.env` file stays valid. */
  readonly credentials: S3Credentials;
  /** Releases the lock. */
  release(): Promise<void>;
}

/** The `.gitignore` of our folder; its first line identifies it. */
const MARK = '# All in this folder is written, replaced and removed by arke-tiff dev.\n*\n';

/**
 * Opens the folder, creates what is missing, and locks it. Throws `FileError` if it cannot be
 * written or contains foreign files, and `ArkeError` (`FOLDER_IN_USE`) if another process uses it.
 */
export async function openDevFolder(path: string): Promise<DevFolder> {
  const root = absolutePath(path);
  if (!isUtf8Path(root))
    throw new FileError(
      `The path of the folder ${root} is not UTF-8, which the stand-in for R2 cannot use. Choose another one with --folder.`,
    );
  const inside = (name: string) => join(root, name);
  const folders = {
    r2: inside('r2'),
    tasks: inside('tasks'),
    previews: inside('previews'),
    incoming: inside('incoming'),
  };
  try {
    // Private, because the pictures may be.
    await mkdir(root, { recursive: true, mode: 0o700 });
    await refuseForeignFolder(root, inside('.gitignore'));
    await refuseLinks(Object.values(folders));
    await lock(inside('lock'), root);
    // Uploads left by a killed process.
    await rm(folders.incoming, { recursive: true, force: true });
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
    const credentials = await keptCredentials(inside('credentials.json'));
    const release = () => rm(inside('lock'), { force: true });
    return { root, ...folders, envFile: inside('worker.env'), credentials, release };
  } catch (error) {
    if (error instanceof ArkeError) throw error;
    throw new FileError(
      `Could not use the folder ${root}: ${reasonOf(error)}. Choose another one with --folder.`,
      { cause: error },
    );
  }
}

/** Marks an empty folder as ours. Throws `FileError` for a folder with content and no mark. */
async function refuseForeignFolder(root: string, mark: string): Promise<void> {
  if ((await readdir(root)).length === 0) await writeFile(mark, MARK, { flag: 'wx' });
  else if ((await readFile(mark, 'utf8').catch(() => '')) !== MARK)
    throw new FileError(
      `Not used: the folder ${root} contains files that "arke-tiff dev" did not write. Choose an empty or new one with --folder.`,
    );
}

/** Throws `FileError` if one of the folders is a link: nothing is written or removed elsewhere. */
async function refuseLinks(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const found = await lstat(folder).catch(() => undefined);
    if (found?.isSymbolicLink())
      throw new FileError(
        `Not used: ${folder} is a link to another place. Remove it, or choose another --folder.`,
      );
  }
}

/** Takes the lock, also over a process that has ended. */
async function lock(path: string, root: string): Promise<void> {
  const mine = `${process.pid}\n`;
  for (;;) {
    try {
      await writeFile(path, mine, { flag: 'wx' });
      return;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    if (owner > 0 && isRunning(owner))
      throw new ArkeError(
        'FOLDER_IN_USE',
        `The folder ${root} is used by another "arke-tiff dev" (process ${owner}). Stop it, or choose another --folder.`,
      );
    await rm(path, { force: true });
  }
}

async function keptCredentials(path: string): Promise<S3Credentials> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as Partial<S3Credentials>;
    const { accessKeyId, secretAccessKey } = kept;
    if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  } catch (error) {
    // A damaged file is simply replaced.
    if (systemCodeOf(error) !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
  }
  const credentials = randomCredentials();
  await writeSecretFile(path, `${JSON.stringify(credentials, null, 2)}\n`);
  return credentials;
}
