/**
 * What the production orchestrator does with a batch, as plain JavaScript for workerd: functions of
 * the batch's state, which contains no class because it is stored.
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

function ownAnswer(state, { method, task, body, isStrict }) {
  if (method !== 'POST') return failure('Method not allowed', 405);
  if (state === undefined && isStrict) return failure('Batch not found');
  if (state !== undefined) {
    if (state.phase === 'over' || state.tasks[task] === undefined) return failure('Task not found: ' + task);
    if (state.phase === 'ended') return failure("Cannot read properties of undefined (reading 'handleCallback')");
    try {
      JSON.parse(body).status;
    } catch (error) {
      return failure(error.message);
    }
  }
  return { status: 200, body: JSON.stringify({ ok: true }) };
}

function withTasks(state, { tasks, timeoutMs, everyMs, staysOpen }) {
  const created = Object.fromEntries(tasks.map((id) => [id, { status: 'processing', startedMs: Date.now() }]));
  const batch = state ?? { phase: 'tiff', completed: 0, failed: 0 };
  return { ...batch, timeoutMs, everyMs, staysOpen, tasks: { ...batch.tasks, ...created } };
}

function ended(state) {
  const batch = state ?? { tasks: {}, completed: 0, failed: 0 };
  return batch.phase === 'over' ? batch : { ...batch, phase: 'ended' };
}

function withOutcome(state, id, { status, output_r2_key, output_file_name, output_file_size, error }) {
  const task = state.tasks[id];
  if (status === 'success') {
    Object.assign(task, { status: 'completed', output_r2_key, output_file_name, output_file_size });
    state.completed++;
  } else {
    Object.assign(task, { status: 'failed', error });
    state.failed++;
  }
  return withPhase(state);
}

function timedOut(state) {
  for (const task of Object.values(state.tasks)) {
    const elapsed = Date.now() - task.startedMs;
    if (task.status !== 'processing' || elapsed <= state.timeoutMs) continue;
    const seconds = (ms) => Math.round(ms / 1000) + 's';
    task.status = 'failed';
    task.error = 'Task timed out after ' + seconds(elapsed) + ' (limit: ' + seconds(state.timeoutMs) + ')';
    state.failed++;
  }
  return withPhase(state);
}

function withPhase(state) {
  const isDone = Object.values(state.tasks).every(({ status }) => status !== 'processing');
  if (isDone && !state.staysOpen) state.phase = 'over';
  return state;
}
`;
