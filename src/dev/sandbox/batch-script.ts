/**
 * What the production orchestrator does with a batch, as plain JavaScript for workerd: functions of
 * the batch's state and of one task, which contain no class because they are stored.
 *
 * - A task times out when it is older than `timeoutMs`, which is checked every `everyMs`.
 * - The last callback counts while the TIFFs are being converted: a success after an error or a
 *   time-out saves the picture, an error after a success loses it.
 * - Repeats are not recognised: each callback is counted.
 * - When every task has ended, the orchestrator goes on to its next phase and forgets the TIFFs'
 *   tasks. A batch that failed as a whole keeps them, and then fails on its own missing phase.
 * - It keeps one JPEG of a success.
 */
export const BATCH_SCRIPT = `
const JSON_TYPE = { 'content-type': 'application/json' };
const failure = (message, status = 500) => ({ status, body: JSON.stringify({ error: message }) });

function ownAnswer(state, { method, task, isKnown, body, isStrict }) {
  if (method !== 'POST') return failure('Method not allowed', 405);
  if (state === undefined && isStrict) return failure('Batch not found');
  if (state !== undefined) {
    if (state.phase === 'over' || !isKnown) return failure('Task not found: ' + task);
    if (state.phase === 'ended') return failure("Cannot read properties of undefined (reading 'handleCallback')");
    try {
      JSON.parse(body).status;
    } catch (error) {
      return failure(error.message);
    }
  }
  return { status: 200, body: JSON.stringify({ ok: true }) };
}

function opened(state, { timeoutMs, everyMs, staysOpen }) {
  const batch = state ?? { phase: 'tiff', completed: 0, failed: 0 };
  return { ...batch, timeoutMs, everyMs, staysOpen };
}

function ended(state) {
  const batch = state ?? { completed: 0, failed: 0 };
  return batch.phase === 'over' ? batch : { ...batch, phase: 'ended' };
}

function withOutcome(task, { status, output_r2_key, output_file_name, output_file_size, error }) {
  return status === 'success'
    ? { ...task, status: 'completed', output_r2_key, output_file_name, output_file_size }
    : { ...task, status: 'failed', error };
}

function timedOut(task, { timeoutMs }) {
  const elapsed = Date.now() - task.startedMs;
  if (elapsed <= timeoutMs) return undefined;
  const seconds = (ms) => Math.round(ms / 1000) + 's';
  const error = 'Task timed out after ' + seconds(elapsed) + ' (limit: ' + seconds(timeoutMs) + ')';
  return { ...task, status: 'failed', error };
}

function counted(state, { status }) {
  const { completed, failed } = state;
  return status === 'completed' ? { ...state, completed: completed + 1 } : { ...state, failed: failed + 1 };
}
`;
