import type { TaskPatience } from '../../../src/lib/task/running-task.ts';
import { signalIfThere } from '../../support/processes.ts';
import { ENDLESS_MS, untilTold } from '../../support/task-patience.ts';
import { until } from '../../support/until.ts';
import { killConversion, killEveryConversion, processesOf } from './conversion-processes.ts';
import { givenUp } from './given-up.ts';
import {
  betweenCallbacks,
  callback,
  converting,
  convertingGoesOn,
  errorCallback,
  getAnswer,
  getBody,
  getGoesOn,
  getSlowly,
  head,
  idle,
  type Moment,
  put,
  putArrived,
  putGoesOn,
  starting,
} from './moments.ts';
import type { Outcome } from './outcome.ts';
import { converted, failed, killed, undelivered } from './outcome.ts';
import { DEADLINE, deaf, endless } from './patience.ts';
import type { Running, Scenario } from './world.ts';

/** Something that happens to a task's processes, and how the task ends. */
export interface EventCell {
  readonly event: string;
  /** What the task is at. */
  readonly stage: string;
  readonly outcome: Outcome;
  readonly scenario: Scenario;
}

const SMALL = { picture: 'small', patience: endless } as const;

const send = (signal: NodeJS.Signals) => (world: Running) => world.kill(signal);

function cell(
  event: string,
  { stage, scenario }: Moment,
  act: (world: Running) => unknown,
  outcome: Outcome,
  more: Partial<Scenario> = {},
): EventCell {
  const made = { ...SMALL, ...scenario(act), ...more };
  // What is told in the end takes its time on a busy machine; what nobody takes is given up as it
  // is in earnest.
  const isTold = !outcome.log?.source.includes('not delivered');
  const own: TaskPatience | undefined = made.patience;
  const stop = { ...own?.stop, ...untilTold.stop };
  const patience = isTold ? { ...own, ...untilTold, stop } : own;
  return { event, stage, outcome, scenario: { ...made, patience } };
}

/** Of a task that is stopped, and that nothing but what it knows of its own pace gives up. */
const unhurried = {
  ...endless,
  stop: { convertedMs: ENDLESS_MS, uploadedMs: ENDLESS_MS },
};
/**
 * An effort that is asked for is kept to, whatever time is left: this one takes longer than there
 * is.
 */
const SLOW_EFFORT = { JPEG_EFFORT: 'max', JPEG_CHROMA_SUBSAMPLING: '4:4:4' };
const convertingSlowly = { ...convertingGoesOn, stage: 'conversion with `JPEG_EFFORT=max`' };
const convertingHuge = { ...convertingGoesOn, stage: 'conversion of 120 megapixels' };

const notFound = /^Failed to download TIFF: 404 Not Found/;

/** SIGINT and SIGTERM at each stage. */
export const signals: readonly EventCell[] = (['SIGINT', 'SIGTERM'] as const).flatMap((signal) => {
  const interrupted = new RegExp(`^Interrupted by ${signal}`);
  const act = send(signal);
  return [
    ...[getAnswer, getBody, getSlowly, head, converting, put].map((moment) =>
      cell(signal, moment, act, failed(interrupted)),
    ),
    cell(signal, putArrived, act, converted()),
    // What is to be saved is saved however slow this machine is.
    ...[getGoesOn, convertingGoesOn, putGoesOn].map((moment) =>
      cell(signal, moment, act, converted(), { patience: unhurried }),
    ),
    cell(signal, convertingSlowly, act, failed(interrupted), { env: SLOW_EFFORT }),
    cell(signal, convertingHuge, act, failed(interrupted), { picture: 'huge' }),
    cell(signal, callback, act, undelivered(1, 1)),
    cell(signal, betweenCallbacks, act, converted({ sent: 2 })),
    cell(signal, errorCallback, act, failed(notFound, { log: /Callback not delivered/ })),
  ];
});

/** The conversion stands still until its parent is gone, so that it cannot be done before. */
async function killAndGoOn(world: Running): Promise<void> {
  world.kill('SIGKILL');
  await until(() => world.hasEnded());
  for (const id of processesOf(world.temporary)) signalIfThere(id, 'SIGCONT');
}

/** SIGKILL of the program: nobody is told, but nothing half is left in R2, and nothing runs on. */
export const parentKilled: readonly EventCell[] = [
  ...[getAnswer, getBody, put].map((moment) =>
    cell('program killed', moment, send('SIGKILL'), killed()),
  ),
  cell('program killed', converting, killAndGoOn, killed()),
  cell('program killed', putArrived, send('SIGKILL'), killed({ jpeg: 'whole' })),
  cell(
    'program killed',
    callback,
    send('SIGKILL'),
    killed({ callback: 'success', sent: 1, arrived: 1, jpeg: 'whole' }),
  ),
];

const again = /Converting again with less/;
/** By which key it is seen that the conversion process is ready: see `idle`. */
const secondName = { jpeg: 'second name' } as const;
const conversionKilled = (signal: NodeJS.Signals) => (world: Running) =>
  killConversion(world, signal);

/** What becomes of the conversion process, which the kernel, a library or a debugger may end. */
export const childKilled: readonly EventCell[] = [
  ...(['SIGKILL', 'SIGSEGV'] as const).flatMap((signal) => [
    cell(`conversion: ${signal}`, starting, conversionKilled(signal), converted()),
    cell(`conversion: ${signal}`, idle, conversionKilled(signal), converted(secondName)),
  ]),
  cell('conversion: SIGKILL', converting, conversionKilled('SIGKILL'), converted({ log: again })),
  cell(
    'conversion: SIGKILL, and each that follows',
    converting,
    (world) => killEveryConversion(world, 'SIGKILL'),
    failed(/^Out of memory while converting "image.tif": \d+\.\d MP need about \d+ MB, limit/),
  ),
  cell(
    'conversion: SIGSEGV',
    converting,
    conversionKilled('SIGSEGV'),
    failed(/^Failed to convert TIFF: The conversion process was killed by SIGSEGV/),
  ),
  ...[starting, idle, converting].map((moment) =>
    cell(
      'conversion: SIGSTOP',
      moment,
      moment === converting ? () => {} : conversionKilled('SIGSTOP'),
      converted({
        ...(moment === starting ? {} : { log: again }),
        ...(moment === idle ? secondName : {}),
      }),
    ),
  ),
];

const untilDeadline: Partial<Scenario> = { patience: deaf, env: DEADLINE };
const lateWhile = (doing: string) => failed(new RegExp(`^Timed out after .* while ${doing}`));

/** How long: a success is tried beyond the deadline. */
const silence = (moment: Moment) =>
  moment === callback ? 'silence until CALLBACK_PATIENCE_MS is over' : 'silence until the deadline';

/** Silence until the task's own deadline. */
export const deadlines: readonly EventCell[] = [
  ...(
    [
      [getAnswer, lateWhile('downloading the TIFF')],
      [getBody, lateWhile('downloading the TIFF')],
      [head, lateWhile('downloading the TIFF')],
      [converting, lateWhile('converting the TIFF')],
      [put, lateWhile('uploading the JPEG')],
      [putArrived, { ...lateWhile('uploading the JPEG'), jpeg: 'whole' }],
      [callback, undelivered(1, 1, { log: /Callback not delivered; attempts continue/ })],
      [errorCallback, failed(notFound, { log: /Callback not delivered/ })],
    ] as const
  ).map(([moment, outcome]) => cell(silence(moment), moment, () => {}, outcome, untilDeadline)),
  cell(
    'conversion: SIGSTOP until the deadline',
    starting,
    conversionKilled('SIGSTOP'),
    failed(/^Timed out after .* while (downloading|converting) the TIFF/),
    untilDeadline,
  ),
  ...givenUp,
];
