import { basename, join } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, errorSummary } from '../cli/base-command.ts';
import { storageFlags, storageSettingsOf } from '../cli/flags.ts';
import { aboutFile } from '../cli/format.ts';
import type { Reporter } from '../cli/reporter.ts';
import { r2SecretsHelp } from '../cli/setting-flags.ts';
import type { UploadDocument } from '../lib/documents/documents.ts';
import { ArkeError, FileError, messageOf, SettingsError, StorageError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { stat } from '../lib/files.ts';
import { keyIn } from '../lib/keys.ts';
import { sizeOf } from '../lib/size-words.ts';
import { closeStorage, openStorage, type Storage, variableNames } from '../lib/storage/client.ts';
import { contentTypeOf } from '../lib/storage/content-type.ts';
import type { RequestOptions } from '../lib/storage/objects.ts';
import { conditionToReplace } from '../lib/storage/replace.ts';
import { type Uploaded, uploadFile } from '../lib/storage/upload.ts';

export default class Upload extends BaseCommand {
  static override summary = 'Upload files to R2.';

  static override description =
    `The third stage of "run" on its own. Existing objects are overwritten only with --force, TIFFs never.
${r2SecretsHelp}`;

  static override examples = [
    {
      description: 'Upload a TIFF for a task',
      command: '<%= config.bin %> <%= command.id %> image.tif --key staging/batch_abc/image.tif',
    },
    {
      description: 'Upload several files under a prefix',
      command: '<%= config.bin %> <%= command.id %> *.jpg --prefix staging/batch_abc',
    },
  ];

  static override args = {
    files: Args.string({ description: 'Files to upload.', required: true, multiple: true }),
  };

  static override flags = {
    key: Flags.string({
      summary: 'Key of the single object, or r2://KEY. Default: the name of the file.',
      exclusive: ['prefix'],
    }),
    prefix: Flags.string({
      summary: "Folder of the keys, followed by / and each file's name.",
    }),
    'content-type': Flags.string({ summary: 'Content type. Default: detected from the file.' }),
    force: Flags.boolean({ char: 'f', summary: 'Overwrite existing objects (never TIFFs).' }),
    ...storageFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Upload);
    const uploads = planUploads(args.files, flags);
    const settings = storageSettingsOf(flags, flags.prefix === undefined ? '--key' : '--prefix');
    const reporter = await this.reporter(flags);
    const storage = await openStorage(settings);
    const files: UploadDocument['files'][number][] = [];
    try {
      for (const upload of uploads)
        files.push(await this.#uploadOne(storage, upload, flags, reporter));
    } finally {
      closeStorage(storage);
    }
    const result: UploadDocument = { bucket: settings.bucket, files };
    if (files.some((file) => 'error' in file)) this.exitWith(exitCodes.failed, result);
    return result;
  }

  async #uploadOne(
    storage: Storage,
    file: { path: string; key: string },
    flags: { force: boolean; 'content-type'?: string | undefined },
    reporter: Reporter,
  ): Promise<UploadDocument['files'][number]> {
    const activity = reporter.begin(`Uploading ${file.path}`);
    const start = performance.now();
    try {
      await refuseFolder(file.path);
      const contentType = flags['content-type'] ?? (await contentTypeOf(file.path));
      const upload = { ...file, contentType };
      const uploaded = await this.#put(storage, upload, flags.force, reporter);
      const ms = Math.round(performance.now() - start);
      activity.done();
      this.result(`${file.path} → ${file.key}  ${sizeOf(uploaded.size)}, ${ms} ms`);
      const { size: bytes, etag } = uploaded;
      return { status: 'uploaded', ...file, bytes, etag, content_type: contentType, ms };
    } catch (error) {
      activity.failed();
      this.stopSignal.throwIfAborted();
      if (!(error instanceof ArkeError)) throw error;
      const summary = errorSummary(error, this.redactor);
      reporter.error(aboutFile(file.path, summary.message));
      return { status: 'failed', ...file, error: summary };
    }
  }

  async #put(
    storage: Storage,
    upload: { path: string; key: string; contentType: string },
    force: boolean,
    reporter: Reporter,
  ): Promise<Uploaded> {
    const options: RequestOptions = {
      signal: this.stopSignal,
      onRetry: ({ error, delayMs }) =>
        reporter.warn(`${messageOf(error)} Retrying in ${delayMs} ms`),
    };
    const condition = force
      ? await conditionToReplace(storage, upload.key, options)
      : ({ kind: 'absent' } as const);
    try {
      return await uploadFile(storage, { ...upload, condition }, options);
    } catch (error) {
      if (force || !(error instanceof StorageError) || error.code !== 'PRECONDITION_FAILED')
        throw error;
      // Of a TIFF it says that it is one: --force would not replace it.
      await conditionToReplace(storage, upload.key, options);
      throw new StorageError(
        'OBJECT_EXISTS',
        `"${upload.key}" exists in the bucket "${storage.bucket}". Use --force to replace it, or choose another ${(storage.names ?? variableNames).key}.`,
        { cause: error },
      );
    }
  }
}

/** Throws `FileError` for a folder; a missing file is reported when it is read. */
async function refuseFolder(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder)
    throw new FileError(
      `"${path}" is a folder, but upload takes files. Name the files in it, such as ${join(path, '*.jpg')}.`,
    );
}

/**
 * Which file goes to which key. Throws `SettingsError` if two have the same key, or one has none.
 */
function planUploads(
  files: readonly string[],
  flags: { key?: string | undefined; prefix?: string | undefined },
): { path: string; key: string }[] {
  const key = flags.key === undefined ? undefined : keyIn(flags.key);
  const prefix = keyIn(flags.prefix ?? '');
  if (key === '') throw new SettingsError(['--key is empty']);
  if (key !== undefined && files.length > 1)
    throw new SettingsError(['--key names one object, but there are several files; use --prefix']);
  if (key?.endsWith('/'))
    throw new SettingsError([
      '--key names one object, and must not end with /; use --prefix for a folder',
    ]);
  if (prefix.startsWith('/'))
    throw new SettingsError([
      '--prefix must not begin with /: the keys would; without --prefix, files go to the top of the bucket',
    ]);
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const paths = new Map<string, string>();
  for (const path of files) {
    const name = key ?? folder + basename(path);
    const other = paths.get(name);
    if (other !== undefined)
      throw new SettingsError([`${other} and ${path} would both become "${name}"`]);
    paths.set(name, path);
  }
  return [...paths].map(([name, path]) => ({ path, key: name }));
}
