import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { FileError, reasonOf, systemCodeOf } from './errors.ts';
import { access, fileId, link, lstat, mkdir, open, rename, rm, stat } from './files.ts';
import { jpegNameProblem } from './jpeg-name.ts';
import { temporaryBeside } from './temporary-output.ts';
import { hasTiffSignature } from './tiff-signature.ts';
import { unwritableFile } from './unwritable-file.ts';

/** What may happen to existing files. */
export interface OutputRules {
  /** Overwrite existing files. */
  readonly force: boolean;
  /** What the user sets to overwrite files, for messages; default: the flag `--force`. */
  readonly forcedBy?: string | undefined;
  /** What is known of existing files; undefined if no record is kept. */
  readonly recorded?: RecordedFiles | undefined;
  /** Finds the source with this `fileId`, under any name or link: sources are never overwritten. */
  readonly sourceWith?: ((id: string) => string | undefined) | undefined;
  /** Never overwrite a TIFF, which may be an original. */
  readonly keepTiffs?: boolean;
  /** The outputs are JPEGs, and must not have another format's extension. */
  readonly jpegs?: boolean;
}

/** What a record knows of existing files. */
interface RecordedFiles {
  /** Files that may be overwritten without force: JPEGs known to be made from this TIFF. */
  readonly ours: Pick<ReadonlySet<string>, 'has'>;
  /** The name of the record, for messages. */
  readonly name: string;
  /** What the user sets to keep existing JPEGs, for messages; undefined if it is set. */
  readonly keptBy: string | undefined;
}

const MAKE_FOLDER = 'Create the folder, or choose another one.';

/** The flag of the commands. */
export const FORCE_FLAG = '--force';

/**
 * Writes a file completely or not at all: `write` gets the path of a temporary file beside the
 * target, which then takes the target's name in one step. A crash leaves no partial file under the
 * target's name. Throws `FileError` if the rules forbid it.
 */
export function writeOutput<T>(
  target: string,
  rules: OutputRules,
  write: (temporaryPath: string) => Promise<T>,
): Promise<T> {
  return writeOutputs([target], rules, ([temporary = target]) => write(temporary));
}

/**
 * `writeOutput` for files that belong together: all are written before any gets its name, and the
 * first gets its name last, so that its presence means that all are there. If one cannot be named,
 * new ones are removed again.
 */
export async function writeOutputs<T>(
  targets: readonly string[],
  rules: OutputRules,
  write: (temporaryPaths: readonly string[]) => Promise<T>,
): Promise<T> {
  for (const target of targets) await refuseOutput(target, rules, { makeFolder: false });
  const files = targets.map((target) => ({ target, temporary: temporaryBeside(target) }));
  try {
    const made = new Map<string, string>();
    for (const { temporary, target } of files) made.set(temporary, await make(temporary, target));
    const result = await write(files.map(({ temporary }) => temporary));
    for (const file of files) await refuseReplaced(file, made.get(file.temporary));
    await publishAll(files.reverse(), rules);
    return result;
  } finally {
    await Promise.all(files.map(({ temporary }) => rm(temporary, { force: true })));
  }
}

/** Creates a folder and its parents if necessary. Throws `FileError`. */
export async function makeOutputFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
  } catch (error) {
    throw new FileError(
      `Could not create the folder ${path}: ${reasonOf(error)}. Choose another folder.`,
      { cause: error },
    );
  }
}

/**
 * Not Node's `recursive`: where a folder exists but can hold no others (`/proc/x`), Node.js tries
 * for ever to create its parents.
 */
async function makeFolders(path: string): Promise<void> {
  try {
    await makeFolder(path);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await makeFolder(path);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const there = await stat(path).catch(() => undefined);
    if (!there?.isDirectory()) throw error;
  }
}

/** Creates the temporary file, so that a bad folder is reported before the work; returns its id. */
async function make(temporary: string, target: string): Promise<string> {
  try {
    const file = await open(temporary, 'wx');
    try {
      return fileId(await file.stat({ bigint: true }));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unwritableFile(target, error);
  }
}

/**
 * Throws `FileError` if something else has replaced a temporary file: anyone who may write to the
 * folder could put a link there, or a hard link to a foreign file. A second name of our own file is
 * fine (a backup by hard links), and so is a different id alone, which some network file systems
 * return occasionally.
 */
async function refuseReplaced(
  { temporary, target }: { readonly temporary: string; readonly target: string },
  made: string | undefined,
): Promise<void> {
  const there = await lstat(temporary, { bigint: true }).catch((error: unknown) => {
    throw unwritableFile(target, error);
  });
  if (there.isFile() && (there.nlink <= 1n || fileId(there) === made)) return;
  throw new FileError(
    `Not written: ${target}. The temporary file ${temporary} was replaced by something else meanwhile. ` +
      'Check who can write to that folder, or choose another one.',
  );
}

/**
 * Throws `FileError` if a file cannot be created at a path: its folder is missing (and, with
 * `makeFolder`, cannot be created), is not a folder, or is not writable. Writes nothing, so a dry
 * run can use it.
 */
export async function refuseUnwritable(
  target: string,
  { makeFolder }: { readonly makeFolder: boolean },
): Promise<void> {
  for (let folder = dirname(target); ; folder = dirname(folder)) {
    const there = await lookAt(folder, target);
    if (there?.isDirectory())
      return access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
        throw unwritableFile(target, error);
      });
    if (there) throw unwritableFile(target, new Error(`${folder} is not a folder`));
    if (!makeFolder || folder === dirname(folder))
      throw unwritableFile(target, new Error('its folder does not exist'), MAKE_FOLDER);
  }
}

/** What is at a path, following links; undefined if there is nothing. */
async function lookAt(path: string, target: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unwritableFile(target, error);
  }
}

/** Whether there is nothing at a path, also because a parent is not a folder. */
function isMissing(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * Throws `FileError` if a file cannot be created at a path, or the rules protect an existing one.
 * Writes nothing. An existing file is reported last, because overwriting solves no other problem.
 */
export async function refuseOutput(
  target: string,
  rules: OutputRules,
  folder: { readonly makeFolder: boolean },
): Promise<void> {
  const there = await lookAt(target, target);
  const source = there && rules.sourceWith?.(fileId(there));
  if (source !== undefined)
    throw new FileError(
      `Not written: ${target} is the source ${source === target ? '' : `${source} `}itself. Choose another output.`,
    );
  const badName = rules.jpegs ? jpegNameProblem(target) : undefined;
  if (badName) throw new FileError(`Not written: ${badName}`);
  if (there?.isDirectory())
    throw new FileError(`Not written: ${target} is a folder. Name a file in it.`);
  if (there && !there.isFile())
    throw new FileError(
      `Not written: ${target} is a device or a pipe. ${/^\/dev\//.test(target) && !rules.forcedBy ? 'Use - for stdout.' : 'Choose another output.'}`,
    );
  if (there && rules.keepTiffs && (await isTiff(target)))
    throw new FileError(
      `Not written: ${target} is a TIFF, and originals are never overwritten. Choose another output.`,
    );
  await refuseUnwritable(target, folder);
  if (!mayReplace(target, rules) && (await exists(target))) throw existsError(target, rules);
}

/** `OutputRules.sourceWith` for one source; a missing file is nobody's source. */
export async function onlySource(source: string): Promise<OutputRules['sourceWith']> {
  const own = await stat(source, { bigint: true }).then(fileId, () => undefined);
  return (id) => (id === own ? source : undefined);
}

function mayReplace(target: string, { force, recorded }: OutputRules): boolean {
  return force || recorded?.ours.has(target) === true;
}

async function publishAll(
  files: readonly { readonly temporary: string; readonly target: string }[],
  rules: OutputRules,
): Promise<void> {
  const made: string[] = [];
  try {
    for (const { temporary, target } of files) {
      const force = mayReplace(target, rules);
      await publish(temporary, target, { ...rules, force });
      // The replaced file is gone; removing its successor would gain nothing.
      if (!force) made.push(target);
    }
  } catch (error) {
    for (const target of made) await rm(target, { force: true });
    throw error;
  }
}

async function publish(temporary: string, target: string, rules: OutputRules): Promise<void> {
  const { force } = rules;
  try {
    if (force) await rename(temporary, target);
    // Unlike a rename, a link fails if the target was created meanwhile.
    else await link(temporary, target);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST') throw existsError(target, rules);
    // File systems without hard links (FAT, some network mounts) return one of these.
    const unlinkable =
      code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS';
    if (force || !unlinkable) throw unwritableFile(target, error);
    if (await exists(target)) throw existsError(target, rules);
    await rename(temporary, target);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw unwritableFile(path, error);
  }
}

/** A link may be dangling; what cannot be read is left alone. */
function isTiff(path: string): Promise<boolean> {
  return hasTiffSignature(path).catch((error: unknown) => systemCodeOf(error) !== 'ENOENT');
}

function existsError(target: string, { forcedBy = FORCE_FLAG, recorded }: OutputRules): FileError {
  const what = recorded
    ? `exists, and ${recorded.name} does not show that arke-tiff made it from this TIFF`
    : 'exists';
  const remedy = recorded?.keptBy
    ? `${recorded.keptBy} keeps existing JPEGs, ${forcedBy} replaces them.`
    : `Use ${forcedBy} to replace it, or choose another output.`;
  return new FileError(`Not written: ${target} ${what}. ${remedy}`);
}
