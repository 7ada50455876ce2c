import type { CallbackRequest } from '../../lib/callback/request.ts';
import type { Redactor } from '../../lib/redact.ts';
import type { Storage, StorageSettings } from '../../lib/storage/client.ts';
import type { Reporter } from '../reporter.ts';
import type { CallbackFlags } from './flags.ts';

/** What the parts of the command work with. */
export interface CallbackSession {
  readonly flags: CallbackFlags;
  readonly reporter: Reporter;
  /** A part of the result, on stdout; left out under `--json`. */
  readonly result: (text: string) => void;
  /** One line for people, on stderr; left out under `--json` and `--quiet`. */
  readonly note: (line: string) => void;
  readonly redact: Redactor;
  /** The signing secret, where there is one. */
  readonly secret: string | undefined;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** Asks a person, who must be there, and gives the answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Where R2 is, if enough was said to know it. */
  readonly storageSettings: StorageSettings | undefined;
  /** The TIFF of a task that the environment is of. */
  readonly inputKeyOf: (taskId: string) => string | undefined;
  /** The bucket, opened when it is first asked for. Throws `SettingsError` when it is not known where it is. */
  readonly storage: () => Promise<Storage>;
}

/** What the command came to. */
export interface CallbackResult {
  readonly ok: boolean;
  /** For `--json`. */
  readonly document: unknown;
}

/** The request for a body. */
export function requestFor(
  { secret, userAgent }: CallbackSession,
  url: string,
  { body, id }: { readonly body: string; readonly id: string },
): CallbackRequest {
  return { settings: { url, secret }, body, id, userAgent };
}
