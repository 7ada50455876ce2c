import { isForAllTasks } from '../../lib/callback/address.ts';
import type { CallbackPayload } from '../../lib/callback/payload.ts';
import type { CallbackRequest } from '../../lib/callback/request.ts';
import type { CallbackDocument } from '../../lib/documents/documents.ts';
import { escapeControls, type Redactor } from '../../lib/redact.ts';
import type { Storage, StorageSettings } from '../../lib/storage/client.ts';
import type { Reporter } from '../reporter.ts';
import { type SettingFlags, settingName } from '../setting-names.ts';
import type { SendingFlags } from './flags.ts';

/** Selects callbacks by task and batch; undefined matches any. */
export interface ChosenTask {
  readonly taskId: string | undefined;
  readonly batchId: string | undefined;
}

/** What the parts of the command need. */
export interface CallbackSession {
  readonly flags: SendingFlags;
  /**
   * The task and batch on the command line: only these select among several callbacks. Those in a
   * task's environment describe a single callback.
   */
  readonly chosen: ChosenTask;
  /**
   * The task to which the address in the environment belongs; undefined if the command line has an
   * address.
   */
  readonly addressOf: ChosenTask | undefined;
  readonly reporter: Reporter;
  /** Part of the result, on stdout; omitted with `--json`. */
  readonly result: (text: string) => void;
  /** One line for people, on stderr; omitted with `--json` and `--quiet`. */
  readonly note: (line: string) => void;
  readonly redact: Redactor;
  /** The signing secret, if there is one. */
  readonly secret: string | undefined;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** Asks the person at the terminal and returns the answer; undefined if there is nobody. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** The R2 settings, if they are complete. */
  readonly storageSettings: StorageSettings | undefined;
  /** The TIFF of the environment's task. */
  readonly inputKeyOf: (taskId: string) => string | undefined;
  /** The bucket, opened on first use. Throws `SettingsError` if its place is not known. */
  readonly storage: () => Promise<Storage>;
}

/** The result of the command. */
export interface CallbackResult<Document = CallbackDocument> {
  readonly ok: boolean;
  /** For `--json`. */
  readonly document: Document;
}

/** Whether a callback belongs to the chosen task and batch. */
export function isChosen({ task_id, batch_id }: CallbackPayload, chosen: ChosenTask): boolean {
  const { taskId = task_id, batchId = batch_id } = chosen;
  return taskId === task_id && batchId === batch_id;
}

/** Whether the address belongs to the environment's task, and the callback to another one. */
export function isAddressOfAnother(
  payload: CallbackPayload,
  { flags: { url }, addressOf }: Pick<CallbackSession, 'flags' | 'addressOf'>,
): boolean {
  if (url === undefined || !addressOf || isForAllTasks(url)) return false;
  return !isChosen(payload, addressOf);
}

/** Reports how many callbacks were skipped because the command line names another task or batch. */
export function tellSkipped(skipped: number, { chosen, result }: CallbackSession): void {
  if (skipped === 0) return;
  const { taskId, batchId } = chosen;
  const named = [
    ...(taskId === undefined ? [] : [`--task-id ${taskId}`]),
    ...(batchId === undefined ? [] : [`--batch-id ${batchId}`]),
  ];
  const callbacks = skipped === 1 ? '1 callback' : `${skipped} callbacks`;
  result(escapeControls(`skipped: ${callbacks} not matching ${named.join(' and ')}`));
}

/** The callback address as the user named it. */
export function urlFlag({ url }: Pick<SendingFlags, 'url'>): SettingFlags {
  return { CALLBACK_URL: url };
}

/** The request for a body. */
export function requestFor(
  { secret, userAgent, flags }: CallbackSession,
  url: string,
  { body, id }: { readonly body: string; readonly id: string },
): CallbackRequest {
  return {
    settings: { url, secret, urlName: settingName('CALLBACK_URL', urlFlag(flags)) },
    body,
    id,
    userAgent,
  };
}
