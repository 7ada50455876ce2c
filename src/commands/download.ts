import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { storageFlags, storageSettingsOf } from '../cli/flags.ts';
import type { Reporter } from '../cli/reporter.ts';
import { r2SecretsHelp } from '../cli/setting-flags.ts';
import { refuseBytesOnStdout, STANDARD_STREAM, sendToStdout } from '../cli/standard-streams.ts';
import type { DownloadDocument } from '../lib/documents/documents.ts';
import { messageOf, SettingsError } from '../lib/errors.ts';
import { fileNameOf, keyIn, R2_SCHEME, refuseInvalidKey } from '../lib/keys.ts';
import { writeOutput } from '../lib/local-output.ts';
import { sizeOf } from '../lib/size-words.ts';
import { closeStorage, openStorage, type Storage } from '../lib/storage/client.ts';
import { openObject } from '../lib/storage/download.ts';
import { withWorkspace } from '../lib/workspace.ts';

export default class Download extends BaseCommand {
  static override summary = 'Download one object from R2 to a file.';

  static override description =
    `The first stage of "run" on its own. The file appears under its name only when it is complete.
${r2SecretsHelp}`;

  static override examples = [
    {
      description: 'Download to image.tif in this folder',
      command:
        '<%= config.bin %> <%= command.id %> staging/batch_abc/image.tif --bucket arke-staging',
    },
    {
      description: 'Show the first bytes',
      command: '<%= config.bin %> <%= command.id %> staging/batch_abc/image.tif -o - | xxd | head',
    },
  ];

  static override args = {
    key: Args.string({ description: 'Key of the object, or r2://KEY.', required: true }),
  };

  static override flags = {
    output: Flags.string({
      char: 'o',
      summary:
        'Write to this file; - for stdout. Default: the last part of the key, in the current folder.',
      helpValue: 'FILE',
    }),
    force: Flags.boolean({ char: 'f', summary: 'Overwrite an existing file, even a TIFF.' }),
    ...storageFlags,
  };

  async run(): Promise<DownloadDocument | undefined> {
    const { args, flags } = await this.parse(Download);
    const settings = storageSettingsOf(flags);
    const key = keyIn(args.key);
    if (key === '') throw new SettingsError([`${R2_SCHEME} needs a key: ${R2_SCHEME}KEY`]);
    // Checked before it becomes a file name.
    refuseInvalidKey(key);
    const output = flags.output ?? (fileNameOf(key) || 'object');
    if (output === STANDARD_STREAM) refuseBytesOnStdout(this.jsonEnabled());
    const reporter = await this.reporter(flags);
    const storage = await openStorage(settings);
    const activity = reporter.begin(`Downloading ${key}`);
    const start = performance.now();
    try {
      const object = await this.#save(key, output, flags.force, { storage, reporter });
      activity.done();
      if (output === STANDARD_STREAM) return undefined;
      const ms = Math.round(performance.now() - start);
      this.result(`${key} → ${output}  ${sizeOf(object.size)}, ${ms} ms`);
      return {
        key,
        bucket: settings.bucket,
        path: output,
        bytes: object.size,
        etag: object.etag,
        content_type: object.contentType,
        ms,
      };
    } catch (error) {
      activity.failed();
      throw error;
    } finally {
      closeStorage(storage);
    }
  }

  async #save(
    key: string,
    output: string,
    force: boolean,
    { storage, reporter }: { storage: Storage; reporter: Reporter },
  ) {
    const signal = this.stopSignal;
    const onRetry = ({ error, delayMs }: { error: unknown; delayMs: number }) =>
      reporter.warn(`${messageOf(error)} Retrying in ${delayMs} ms`);
    const toFile = async (path: string) => {
      const onWarning = (_: string, message: string) => reporter.warn(message);
      const object = await openObject(storage, key, { signal, onRetry, onWarning });
      return object.saveTo(path);
    };
    if (output !== STANDARD_STREAM) return writeOutput(output, { force }, toFile);
    return withWorkspace(async (workspace) => {
      const info = await toFile(workspace.path('object'));
      await sendToStdout(workspace.path('object'), signal);
      return info;
    });
  }
}
