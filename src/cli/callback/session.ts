import { isForAllTasks } from '../../lib/callback/address.ts';
import type { CallbackPayload } from '../../lib/callback/payload.ts';
import type { CallbackRequest } from '../../lib/callback/request.ts';
import type { CallbackDocument } from '../../lib/documents/documents.ts';
import { escapeControls, type Redactor } from '../../lib/redact.ts';
import type { Storage, StorageSettings } from '../../lib/storage/client.ts';
import type { Reporter } from '../reporter.ts';
import { type SettingFlags, settingName } from '../setting-names.ts';
import type { SendingFlags } from './flags.ts';

/** The task and batch that callbacks are chosen by; undefined where it may be any. */
export interface ChosenTask {
  readonly taskId: string | undefined;
  readonly batchId: string | undefined;
}

/** What the parts of the command work with. */
export interface CallbackSession {
  readonly flags: SendingFlags;
  /**
   * The task and batch that the command line names: only these choose among several callbacks. Those in the
   * environment of a task describe one callback at most.
   */
  readonly chosen: ChosenTask;
  /** The task whose address the environment has; undefined where the command line names the address. */
  readonly addressOf: ChosenTask | undefined;
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
export interface CallbackResult<Document = CallbackDocument> {
  readonly ok: boolean;
  /** For `--json`. */
  readonly document: Document;
}

/** Whether a callback is of the chosen task and batch. */
export function isChosen({ task_id, batch_id }: CallbackPayload, chosen: ChosenTask): boolean {
  const { taskId = task_id, batchId = batch_id } = chosen;
  return taskId === task_id && batchId === batch_id;
}

/** Whether the address is that of a task in the environment, and a callback is not that task's. */
export function isAddressOfAnother(
  payload: CallbackPayload,
  { flags: { url }, addressOf }: Pick<CallbackSession, 'flags' | 'addressOf'>,
): boolean {
  if (url === undefined || !addressOf || isForAllTasks(url)) return false;
  return !isChosen(payload, addressOf);
}

/** Says how many callbacks were skipped because the command line names another task or batch. */
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

/** Where callbacks go, as the user named it. */
export function urlFlag({ url }: Pick<SendingFlags, 'url'>): SettingFlags {
  return { CALLBACK_URL: { flag: '--url', value: url } };
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
