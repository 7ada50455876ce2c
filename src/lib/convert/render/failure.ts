import { ConversionError, messageOf } from '../../errors.ts';
import { speaksOfMemory } from '../memory-words.ts';
import type { ConversionJob } from '../messages.ts';
import { speaksOfLoading } from '../not-loaded.ts';

type Paths = 'input' | 'output' | 'scratch' | 'plain';

/** What is said when the JPEG, not the TIFF, is the trouble. */
const WRITE_FAILED =
  /write error|unable to (write|open for write)|no space left|ENOSPC|EDQUOT|disk quota|file too large|read-only file system/i;

/**
 * The error of a conversion that failed, told for a person: is it memory, the place where the JPEG
 * goes, or the TIFF itself?
 */
export function explainFailure(
  error: unknown,
  job: Pick<ConversionJob, Paths | 'name'>,
): ConversionError {
  const message = oneLine(messageOf(error), job);
  if (speaksOfMemory(message))
    return new ConversionError('OUT_OF_MEMORY', message, { cause: error });
  if (speaksOfLoading(message))
    return new ConversionError('CRASHED', `${message}.`, { cause: error });
  if (WRITE_FAILED.test(message))
    return new ConversionError(
      'WRITE_FAILED',
      `${message}. The JPEG of "${job.name}" could not be written: make room on the disk, ` +
        'or choose another folder (TMPDIR for temporary files).',
      { cause: error },
    );
  return new ConversionError(
    'UNREADABLE_TIFF',
    `${message}. "${job.name}" is damaged, or a kind of TIFF that is not supported; open it elsewhere to see which.`,
    { cause: error },
  );
}

/** Sharp's own message as one line, each of libvips' lines once, with the TIFF's name for its path. */
function oneLine(
  message: string,
  { input, output, scratch, plain, name }: Pick<ConversionJob, Paths | 'name'>,
): string {
  const named = message
    .replaceAll(input, name)
    .replaceAll(output, 'the JPEG')
    .replaceAll(scratch, 'the temporary file')
    .replaceAll(plain, name);
  const lines = named.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter(Boolean))].join('; ');
}
