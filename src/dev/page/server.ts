import type { ReplayResult, TaskDetail, TaskSummary } from '../api.ts';
import type { Faults } from '../faults.ts';

/** A refusal by the server, or a failed connection, in words for people. */
export class ServerError extends Error {
  /** HTTP status of the answer; undefined without one. */
  readonly status: number | undefined;

  constructor(message: string, { status, ...options }: ErrorOptions & { status?: number } = {}) {
    super(message, options);
    this.status = status;
  }
}

/** An error in words. */
export function failureMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** When nothing answers. */
const NO_ANSWER = 'No answer: is arke-tiff dev still running?';

/** A task with all its details. All functions here throw `ServerError`. */
export async function getTask(id: string): Promise<TaskDetail> {
  return (await ask(pathOf(id))).json();
}

/** Runs a task again. */
export async function runAgain(id: string): Promise<TaskSummary> {
  return (await ask(pathOf(id, 'run'), { method: 'POST' })).json();
}

/** Deletes a task that has ended; returns its id. */
export async function deleteTask(id: string): Promise<readonly string[]> {
  return deletedBy(await ask(pathOf(id), { method: 'DELETE' }));
}

/** Deletes all tasks that have ended; returns their ids. */
export async function deleteEnded(): Promise<readonly string[]> {
  return deletedBy(await ask('/api/tasks', { method: 'DELETE' }));
}

async function deletedBy(answer: Response): Promise<readonly string[]> {
  return ((await answer.json()) as { deleted: readonly string[] }).deleted;
}

/** A worker's variables for a shell, secrets included. */
export async function getVariables(): Promise<string> {
  const answer = await ask('/api/environment', { method: 'POST' });
  return ((await answer.json()) as { lines: readonly string[] }).lines.join('\n');
}

/** Checks the settings of a task. */
export async function checkSettings(settings: TaskSummary['settings']): Promise<void> {
  await postJson('/api/settings', settings);
}

/** Sends a task's last callback again. */
export async function replay(id: string): Promise<ReplayResult> {
  return (await ask(pathOf(id, 'replay'), { method: 'POST' })).json();
}

/** Switches faults on and off; those not named are unchanged. */
export async function setFaults(faults: Partial<Faults>): Promise<Faults> {
  return (await postJson('/api/faults', faults)).json();
}

function postJson(path: string, value: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers, body: JSON.stringify(value) });
}

/** The preview of a task's TIFF, or its JPEG. */
export async function getPicture(id: string, which: 'before' | 'after'): Promise<Blob> {
  // Each run makes a new JPEG.
  return (await ask(pathOf(id, which), { cache: 'no-store' })).blob();
}

/** The API's address for a part of a task. */
export function pathOf(id: string, what?: string): string {
  return `/api/tasks/${encodeURIComponent(id)}${what ? `/${what}` : ''}`;
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (cause) {
    throw new ServerError(NO_ANSWER, { cause });
  }
  const { ok, status } = answer;
  if (!ok) throw new ServerError(wordsOf(status, await answer.text()), { status });
  return answer;
}

/** Sends a file as a new task; reports progress in bytes. Throws `ServerError`. */
export function upload(
  file: File,
  settings: TaskSummary['settings'],
  onProgress: (sent: number) => void,
): Promise<TaskSummary> {
  // fetch does not report upload progress.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      if (status === 201) resolve(JSON.parse(responseText) as TaskSummary);
      else reject(new ServerError(wordsOf(status, responseText)));
    });
    request.addEventListener('error', () => reject(new ServerError(NO_ANSWER)));
    request.open('POST', `/api/tasks?${new URLSearchParams({ name: file.name, ...settings })}`);
    request.send(file);
  });
}

/** The server's words, if there are any. */
function wordsOf(status: number, body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // Not the JSON of this API.
  }
  return `The server answered ${status}.`;
}
