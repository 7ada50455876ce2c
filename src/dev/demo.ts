import { mkdir, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { reasonOf } from '../lib/errors.ts';
import { exitCodes, stopSignals } from '../lib/exit-codes.ts';
import { sizeOf } from '../lib/size-words.ts';
import { InterruptedError, watchStopSignals } from '../lib/stop.ts';
import { packageVersion } from '../lib/version.ts';
import type { CallbackRecord, TaskDetail } from './api.ts';
import type { LocalDev } from './dev.ts';
import { drawSampleTiff, pictureSize } from './sandbox/sample-tiff.ts';
import { startDev } from './start-dev.ts';

const USAGE = `Usage: npm run demo [-- FILE.tif]

Converts FILE.tif, or else a sample that it draws, by the real worker on this machine: with a
local stand-in for R2 and the orchestrator. Saves the JPEG in demo-output/.`;

const OUTPUT_FOLDER = 'demo-output';

/** The headers of a callback that are worth showing. */
const SHOWN_HEADERS = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp'];

function heading(text: string): void {
  console.log(`\n${styleText('bold', text)}`);
}

function say(text: string): void {
  console.log(text.replace(/^/gm, '  '));
}

const pixels = ({ width, height }: { width: number; height: number }) =>
  `${width} × ${height} pixels`;

/** Draws the sample into the folder. */
async function drawSample(folder: string): Promise<string> {
  const path = join(folder, 'sample.tif');
  const { width, height, size } = await drawSampleTiff(path);
  say(`Drawn: ${pixels({ width, height })}, ${sizeOf(size)}, stored sideways with a tag to say so`);
  return path;
}

/** Throws an Error that explains in one line why the file cannot be read. */
async function refuseUnreadable(path: string): Promise<void> {
  try {
    await (await open(path)).close();
  } catch (cause) {
    throw new Error(
      `Cannot read ${path}: ${reasonOf(cause)}. Name a TIFF file, or none for a sample.`,
      {
        cause,
      },
    );
  }
}

/** Runs the worker on the TIFF and shows its log live; resolves when the task has ended. */
async function runTask(dev: LocalDev, path: string, signal: AbortSignal): Promise<TaskDetail> {
  const ended = Promise.withResolvers<void>();
  const end = () => ended.resolve();
  signal.addEventListener('abort', end, { once: true });
  const deafen = dev.events.listen((event) => {
    if (event.type === 'log') say(event.data.line);
    if (event.type === 'task' && event.data.ended_at !== null) end();
  });
  const { size } = await stat(path);
  const { id } = await dev.tasks.add({ path, size }, basename(path));
  await ended.promise;
  signal.throwIfAborted();
  deafen();
  return dev.tasks.detail(id);
}

function showCallback({ method, path, headers, body }: CallbackRecord): void {
  say(`${method} ${path}`);
  for (const name of SHOWN_HEADERS) {
    if (headers[name] !== undefined) say(`${name}: ${headers[name]}`);
  }
  say(`\n${JSON.stringify(JSON.parse(body), null, 2)}`);
}

/** Saves the JPEG that the callback names, if there is one. */
async function saveJpeg(dev: LocalDev, { output_key: key }: TaskDetail): Promise<void> {
  const jpeg = key === null ? null : await dev.bucket.getObject(key);
  if (key === null || jpeg === null) return say('None: the task did not succeed.');
  const path = join(OUTPUT_FOLDER, basename(key));
  await mkdir(OUTPUT_FOLDER, { recursive: true });
  await writeFile(path, jpeg.bytes);
  say(`${path}: ${pixels(await pictureSize(jpeg.bytes))}, ${sizeOf(jpeg.size)}`);
}

/** The whole demonstration; returns the worker's exit code. */
async function demonstrate(file: string | undefined, folder: string, signal: AbortSignal) {
  if (file !== undefined) await refuseUnreadable(file);
  heading('1. A local R2 and orchestrator');
  const dev = await startDev({
    folder: join(folder, 'dev'),
    port: 0,
    jobs: 1,
    memoryMb: 1024,
    maxUploadMb: 1,
    program: `arke-tiff/${packageVersion()}`,
    systemVariables: { PATH: process.env['PATH'] ?? '' },
    onTrouble: say,
    signal,
  });
  try {
    say(`R2            ${dev.addresses.endpoint}`);
    say(`Orchestrator  ${dev.addresses.orchestrator}`);

    heading(file ? '2. Your TIFF' : '2. A sample TIFF');
    const path = file ?? (await drawSample(folder));
    say(`${basename(path)}, ${sizeOf((await stat(path)).size)}, goes to ${dev.bucketName} in R2`);
    signal.throwIfAborted();

    heading('3. The worker: arke-tiff run');
    const task = await runTask(dev, path, signal);
    say(`Exit code ${task.exit_code}`);

    heading('4. The callback that the orchestrator received');
    if (task.received.length === 0) say('None.');
    task.received.forEach(showCallback);

    heading('5. The JPEG');
    await saveJpeg(dev, task);
    return task.exit_code ?? exitCodes.failed;
  } finally {
    await dev.stop();
  }
}

/** Runs the demonstration in a temporary folder, by the command line's arguments. */
async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  // npm changes to the package's folder, and sets this to the original one.
  const file = name === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? '.', name);
  const wrong = rest.length > 0 || name?.startsWith('-');
  if (wrong) {
    const wantsHelp = name === '--help' || name === '-h';
    if (wantsHelp) console.log(USAGE);
    else console.error(USAGE);
    return wantsHelp ? exitCodes.ok : exitCodes.usage;
  }
  const stopWatch = watchStopSignals();
  const folder = await mkdtemp(join(tmpdir(), 'arke-tiff-demo-'));
  try {
    const exitCode = await demonstrate(file, folder, stopWatch.signal);
    stopWatch.signal.throwIfAborted();
    return exitCode;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof InterruptedError ? stopSignals[error.signal] : exitCodes.failed;
  } finally {
    await rm(folder, { recursive: true, force: true });
    stopWatch.dispose();
  }
}

process.exitCode = await main(process.argv.slice(2));
