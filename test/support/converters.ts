import type { ConversionResult } from '../../src/lib/convert/attempts.ts';
import { convertInPlace, type InPlaceOptions } from '../../src/lib/convert/convert-in-place.ts';
import {
  type Converter,
  openConverter,
  type Watch,
} from '../../src/lib/convert/process/converter.ts';
import type { TestFolder } from './folder.ts';
import { childrenOf } from './processes.ts';
import { until } from './until.ts';
import { useFolder } from './use-folder.ts';

/** What the tests of conversion processes stand on. */
interface Converters {
  readonly folder: Pick<TestFolder, 'root' | 'path' | 'write'>;
  /**
   * Runs a test with a conversion process, and sees that none is left. Throws what the test throws.
   */
  withConverter(test: (converter: Converter) => Promise<void>): Promise<void>;
  /** Converts a TIFF file to `out.jpg` of the folder. Throws what `convertInPlace` throws. */
  convert(input: string, converter: Converter, more?: InPlaceOptions): Promise<ConversionResult>;
}

/**
 * For the tests of a file: conversion processes that work in a folder, which is removed after the
 * tests. What it gives throws when it is used outside of tests and hooks.
 */
export function useConverters(): Converters {
  const folder = useFolder();
  return {
    folder,
    withConverter: async (test) => {
      const converter = openConverter(folder.root);
      try {
        await converter.versions();
        await test(converter);
      } finally {
        await converter.close();
      }
      await noneLeft();
    },
    convert: (input, converter, more = {}) =>
      convertInPlace(input, folder.path('out.jpg'), { converter, ...more }),
  };
}

/**
 * Resolves when no conversion process is there any more; how soon one that was killed goes, is the
 * kernel's to say.
 */
export const noneLeft = (): Promise<unknown> => until(() => pid() === undefined);

/**
 * What watches a process that is started: so many milliseconds for the first one, and as long as
 * usual for the next.
 */
export function impatientOnce(firstMs: number): Pick<Watch, 'silenceMs'> {
  const patience = [firstMs].values();
  return {
    get silenceMs() {
      return patience.next().value;
    },
  };
}

/** The id of this process's conversion process; undefined where there is none. */
export const pid = (): number | undefined => childrenOf(process.pid, 'child.')[0];

/**
 * Sends the conversion process a signal, if it is there, and gives its id back: without an id the
 * signal would go to all of this process's group.
 */
export function signalChild(signal: NodeJS.Signals): number | undefined {
  const child = pid();
  if (child) process.kill(child, signal);
  return child;
}

/**
 * Does something at the first sign of life of a job. The budget is asked once for the plan, and
 * then at every sign.
 */
export function atFirstSign(act: () => void): Required<Pick<InPlaceOptions, 'budget'>> {
  let asked = 0;
  return {
    budget: {
      secondsLeft: () => {
        if (asked++ === 1) act();
        return 1_000;
      },
    },
  };
}
