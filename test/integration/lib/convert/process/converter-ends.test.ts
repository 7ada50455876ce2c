import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Converter } from '../../../../../src/lib/convert/process/converter.ts';
import { atFirstSign, pid, signalChild, useConverters } from '../../../../support/converters.ts';
import { noisyTiff } from '../../../../support/pictures.ts';
import { isRunning } from '../../../../support/processes.ts';
import { until } from '../../../../support/until.ts';

const { folder, withConverter, convert } = useConverters();
let large: string;
beforeAll(async () => {
  // Under way long enough for something to happen to it.
  large = await folder.write('large.tif', await noisyTiff(3000));
});

describe('a conversion process that ends in the middle', () => {
  it('by SIGKILL counts as out of memory: it is done again with less', () =>
    withConverter(async (converter) => {
      const replans: string[] = [];
      const { plan } = await convert(large, converter, {
        ...atFirstSign(() => signalChild('SIGKILL')),
        onReplan: ({ code, message }: { code: string; message: string }) =>
          replans.push(`${code}: ${message}`),
      });
      expect(plan.effort).toBe('fast');
      expect(replans).toEqual([
        expect.stringMatching(
          /^OUT_OF_MEMORY: Out of memory while converting "large.tif": 9\.0 MP need about \d+ MB, limit \d+ MB\. Raise .* \(The conversion process was killed by SIGKILL, as happens when memory runs out\.\)$/,
        ),
      ]);
    }));

  it('by another signal is an error that names it, and leaves no JPEG', () =>
    withConverter(async (converter) => {
      const conversion = convert(large, converter, {
        ...atFirstSign(() => signalChild('SIGSEGV')),
      });
      await expect(conversion).rejects.toThrow(
        /^The conversion process was killed by SIGSEGV.* It was converting "large.tif" at effort max\./,
      );
      await expect(conversion).rejects.toMatchObject({ code: 'CRASHED' });
      expect(() => readFileSync(folder.path('out.jpg'))).toThrow('ENOENT');
    }));

  it('is done again with effort fast when it was stopped and is silent', () =>
    withConverter(async (converter) => {
      const replans: string[] = [];
      const patience = [500].values();
      // The second attempt is listened to for as long as usual.
      const impatient: Converter = {
        ...converter,
        convert: (job, watch) =>
          converter.convert(job, { ...watch, silenceMs: patience.next().value }),
      };
      const { plan } = await convert(large, impatient, {
        ...atFirstSign(() => signalChild('SIGSTOP')),
        onReplan: ({ code }: { code: string }) => replans.push(code),
      });
      expect(replans).toEqual(['UNRESPONSIVE']);
      expect(plan.effort).toBe('fast');
    }));

  it('because of an abort ends at once, with the reason', () =>
    withConverter(async (converter) => {
      const controller = new AbortController();
      const conversion = convert(large, converter, {
        signal: controller.signal,
        ...atFirstSign(() => controller.abort(new Error('enough'))),
      });
      const worker = pid() ?? Number.NaN;
      await expect(conversion).rejects.toThrow('enough');
      await until(() => !isRunning(worker));
    }));
});
