import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArkeError, FileError, reasonOf, systemCodeOf } from '../lib/errors.ts';
import { absolutePath, isUtf8Path } from '../lib/path-bytes.ts';
import { isRunning } from '../lib/temporary-output.ts';
import { randomCredentials, type S3Credentials } from './sandbox/sandbox.ts';
import { writeSecretFile } from './secret-file.ts';

/** The folder that everything is kept in from one start to the next. */
export interface DevFolder {
  readonly root: string;
  /** What Miniflare keeps: objects and callbacks. */
  readonly r2: string;
  /** A file for each task. */
  readonly tasks: string;
  /** Pictures of TIFFs, which can be made again. */
  readonly previews: string;
  /** Uploads as they come. */
  readonly incoming: string;
  /** The same at each start, so that what was written down of them stays true. */
  readonly credentials: S3Credentials;
  /** Lets another process have it. */
  release(): Promise<void>;
}

/** The `.gitignore` of a folder of ours, which is not to be committed; its first line tells it from others. */
const MARK = '# All in this folder is written, replaced and removed by arke-tiff dev.\n*\n';

/**
 * Opens the folder, makes what is missing of it, and keeps other processes out. Throws `FileError` when
 * it cannot be written or holds what is not ours, and `ArkeError` (`FOLDER_IN_USE`) when another process
 * has it.
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
    // Nobody else's: the pictures in it may be.
    await mkdir(root, { recursive: true, mode: 0o700 });
    await refuseForeignFolder(root, inside('.gitignore'));
    await refuseLinks(Object.values(folders));
    await lock(inside('lock'), root);
    // What a process that was killed has left of uploads.
    await rm(folders.incoming, { recursive: true, force: true });
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
    const credentials = await keptCredentials(inside('credentials.json'));
    const release = () => rm(inside('lock'), { force: true });
    return { root, ...folders, credentials, release };
  } catch (error) {
    if (error instanceof ArkeError) throw error;
    throw new FileError(
      `Could not use the folder ${root}: ${reasonOf(error)}. Choose another one with --folder.`,
      { cause: error },
    );
  }
}

/** Marks an empty folder as ours. Throws `FileError` for one that holds something and has no mark. */
async function refuseForeignFolder(root: string, mark: string): Promise<void> {
  if ((await readdir(root)).length === 0) await writeFile(mark, MARK, { flag: 'wx' });
  else if ((await readFile(mark, 'utf8').catch(() => '')) !== MARK)
    throw new FileError(
      `Not used: the folder ${root} holds what "arke-tiff dev" has not written. Choose an empty or a new one with --folder.`,
    );
}

/** Throws `FileError` when one of the folders is a link: nothing is written or removed elsewhere. */
async function refuseLinks(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const found = await lstat(folder).catch(() => undefined);
    if (found?.isSymbolicLink())
      throw new FileError(
        `Not used: ${folder} is a link to another place. Remove it, or choose another --folder.`,
      );
  }
}

/** Takes the lock, also that of a process that is gone. */
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
        `The folder ${root} is used by another "arke-tiff dev" (process ${owner}). End that, or choose another --folder.`,
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
    // A file that is damaged is replaced: there is nothing else to be done about it.
    if (systemCodeOf(error) !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
  }
  const credentials = randomCredentials();
  await writeSecretFile(path, `${JSON.stringify(credentials, null, 2)}\n`);
  return credentials;
}
