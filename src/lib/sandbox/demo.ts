import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { execa } from 'execa';
import { exitCodes, stopSignals } from '../exit-codes.ts';
import { InterruptedError, watchStopSignals } from '../stop.ts';
import type { ReceivedCallback } from './orchestrator.ts';
import { drawSampleTiff, pictureSize } from './sample-tiff.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

const USAGE = `Usage: npm run demo [-- FILE.tif]

Converts FILE.tif, or else a sample that it draws, by the real worker on this machine: with a
local stand-in for R2 and the orchestrator. Saves the JPEG in demo-output/.`;

const BATCH = 'demo_batch';
const TASK = 'demo_task';
const OUTPUT_FOLDER = 'demo-output';

/** How long an interrupted worker may take to say so: its own 3 s for the callback, and some. */
const WORKER_FAREWELL_MS = 5_000;

/** The headers of a callback that are worth showing. */
const SHOWN_HEADERS = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp'];

function heading(text: string): void {
  console.log(`\n${styleText('bold', text)}`);
}

function say(text: string): void {
  console.log(text.replace(/^/gm, '  '));
}

const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(2)} MB`;

const pixels = ({ width, height }: { width: number; height: number }) =>
  `${width} × ${height} pixels`;

/** Draws the sample into the folder. */
async function drawSample(folder: string): Promise<string> {
  // Fontconfig complains where it is not configured, and elsewhere renders by the machine's taste.
  const fontconfig = join(folder, 'fonts.conf');
  const cache = join(folder, 'fonts');
  await writeFile(fontconfig, `<fontconfig><cachedir>${cache}</cachedir></fontconfig>`);
  process.env['FONTCONFIG_FILE'] = fontconfig;

  const path = join(folder, 'sample.tif');
  const { width, height, bytes } = await drawSampleTiff(path);
  say(
    `Drawn: ${pixels({ width, height })}, ${megabytes(bytes)}, stored sideways with a tag to say so`,
  );
  return path;
}

/** Reads the file given; throws an Error that says in one line why it cannot. */
async function readGiven(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/, \w+.*$/, '') : cause;
    throw new Error(`Cannot read ${path} (${reason}). Name a TIFF file, or none for a sample.`, {
      cause,
    });
  }
}

/** Puts the TIFF where the orchestrator would have put it. */
async function upload(sandbox: Sandbox, path: string, bytes: Uint8Array): Promise<string> {
  const key = `staging/${BATCH}/${basename(path)}`;
  await sandbox.putObject(key, bytes, { contentType: 'image/tiff' });
  say(`Uploaded ${megabytes(bytes.length)} to ${sandbox.bucket}/${key}`);
  return key;
}

/** Runs the built worker with the contract's variables and nothing else; shows its log as it comes. */
async function runWorker(sandbox: Sandbox, key: string, signal: AbortSignal) {
  const program = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));
  const indent = function* (line: unknown) {
    yield `  ${line}`;
  };
  const { exitCode = exitCodes.failed } = await execa(process.execPath, [program, 'run'], {
    env: { PATH: process.env['PATH'], ...sandbox.environment(BATCH, TASK, key) },
    extendEnv: false,
    stdin: 'ignore',
    stdout: [indent, 'inherit'],
    stderr: [indent, 'inherit'],
    cancelSignal: signal,
    forceKillAfterDelay: WORKER_FAREWELL_MS,
    reject: false,
  });
  say(`Exit code ${exitCode}`);
  return exitCode;
}

function showCallback({ method, path, headers, body }: ReceivedCallback): void {
  say(`${method} ${path}`);
  for (const name of SHOWN_HEADERS) {
    if (headers[name] !== undefined) say(`${name}: ${headers[name]}`);
  }
  say(`\n${JSON.stringify(JSON.parse(body), null, 2)}`);
}

/** Saves the JPEG that the callback names; without one there is nothing to save. */
async function saveJpeg(sandbox: Sandbox, callback: ReceivedCallback | undefined): Promise<void> {
  const key: string | undefined = callback && JSON.parse(callback.body).output_r2_key;
  const jpeg = key === undefined ? null : await sandbox.getObject(key);
  if (key === undefined || jpeg === null) return say('There is none: the task did not succeed.');
  const path = join(OUTPUT_FOLDER, basename(key));
  await mkdir(OUTPUT_FOLDER, { recursive: true });
  await writeFile(path, jpeg.bytes);
  say(`${path}: ${pixels(await pictureSize(jpeg.bytes))}, ${megabytes(jpeg.size)}`);
}

/** The whole demonstration; returns the worker's exit code. */
async function demonstrate(file: string | undefined, folder: string, signal: AbortSignal) {
  const given = file === undefined ? undefined : { path: file, bytes: await readGiven(file) };
  heading('1. A local R2 and orchestrator');
  const sandbox = await startSandbox({ signal });
  try {
    say(`R2            ${sandbox.endpoint}`);
    say(`Orchestrator  ${sandbox.url}`);

    heading(given ? '2. Your TIFF' : '2. A sample TIFF');
    const path = given?.path ?? (await drawSample(folder));
    const key = await upload(sandbox, path, given?.bytes ?? (await readFile(path)));
    signal.throwIfAborted();

    heading('3. The worker: arke-tiff run');
    const exitCode = await runWorker(sandbox, key, signal);

    heading('4. The callback that the orchestrator received');
    const callbacks = await sandbox.callbacks(BATCH, TASK);
    if (callbacks.length === 0) say('None.');
    callbacks.forEach(showCallback);

    heading('5. The JPEG');
    await saveJpeg(sandbox, callbacks.at(-1));
    return exitCode;
  } finally {
    await sandbox.stop();
  }
}

/** Runs the demonstration in a temporary folder, by the command line's arguments. */
async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  // npm changes into the package's folder, and says where it was called.
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
