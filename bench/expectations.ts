/**
 * Measures the contract's "Performance Expectations" (1–3 s for a TIFF of 5–10 MB, by stage) with
 * the real program against the embedded R2 and orchestrator. Prints a table in Markdown: medians.
 *
 *   npm run bench:expectations
 */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { parse } from 'valibot';
import { type Sandbox, startSandbox } from '../src/dev/sandbox/sandbox.ts';
import { successPayloadSchema } from '../src/lib/callback/payload.ts';
import { inWorkFolder } from './work-folder.ts';

const RUNS = 7;
const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));

/** Soft shapes under film grain: about as hard to compress as a scan. */
async function scan(width: number, height: number, grey: boolean): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 12 } as const;
  const grain = sharp({ create: { width, height, channels: 3, background: '#888', noise } }).blur(
    1.2,
  );
  const picture = grey ? grain.toColourspace('b-w') : grain;
  return picture.tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer();
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function measure(
  { sandbox, folder }: { sandbox: Sandbox; folder: string },
  name: string,
  tiff: Buffer,
): Promise<string> {
  const rows: Record<string, number>[] = [];
  let jpegBytes = 0;
  for (let run = 0; run < RUNS; run++) {
    const [batch, task, key] = ['bench', `${name}-${run}`, `bench/${run}.tif`];
    await sandbox.putObject(key, tiff);
    const start = performance.now();
    await promisify(execFile)(process.execPath, [program, 'run'], {
      env: { PATH: process.env['PATH'], TMPDIR: folder, ...sandbox.environment(batch, task, key) },
    });
    const wall = performance.now() - start;
    const [callback] = await sandbox.callbacks(batch, task);
    const body = parse(successPayloadSchema, JSON.parse(callback?.body ?? 'null'));
    rows.push({ wall, ...body.performance });
    jpegBytes = body.output_file_size;
    await sandbox.deleteObject(`bench/${run}.jpg`);
  }
  const ms = (field: string) => `${Math.round(median(rows.map((row) => row[field] ?? 0)))} ms`;
  const mb = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const stages = [
    'download_time_ms',
    'conversion_time_ms',
    'upload_time_ms',
    'total_time_ms',
    'wall',
  ];
  return `| ${[name, mb(tiff.length), mb(jpegBytes), ...stages.map(ms)].join(' | ')} |`;
}

await inWorkFolder('expectations', async (folder) => {
  const sandbox = await startSandbox();
  const place = { sandbox, folder };
  try {
    console.log(
      `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, medians of ${RUNS} runs\n`,
    );
    console.log('| TIFF | size | JPEG | download | conversion | upload | total | process |');
    console.log('|---|---|---|---|---|---|---|---|');
    console.log(await measure(place, 'colour, 4 MP', await scan(2400, 1800, false)));
    console.log(await measure(place, 'colour, 7 MP', await scan(3072, 2304, false)));
    console.log(await measure(place, 'greyscale, 20 MP', await scan(5000, 4000, true)));
  } finally {
    await sandbox.stop();
  }
});
