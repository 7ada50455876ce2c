import { button, make } from '../../lib/browser/dom.ts';
import { sliderOf } from '../../lib/browser/slider.ts';
import { numberOf } from '../../lib/browser/words.ts';
import type { TaskSummary } from '../api.ts';
import { failureMessage, getPicture } from './server.ts';

/** The pictures of a task. */
export interface PicturesView {
  readonly element: HTMLElement;
  /** Shows the pictures that exist by now. */
  show(task: TaskSummary): void;
  /** Releases the pictures' memory. */
  close(): void;
}

const ZOOMS = ['fit', 1, 2] as const;

/** A task's TIFF and JPEG in one place, as far as they exist. */
export function comparisonOf(): PicturesView {
  const element = make('figure', { className: 'pictures' });
  const addresses: string[] = [];
  let shown = '';
  let latest = 0;
  let loading: Promise<unknown> = Promise.resolve();
  const load = async (id: string, which: 'before' | 'after') => {
    const address = URL.createObjectURL(await getPicture(id, which));
    addresses.push(address);
    const image = make('img', { src: address });
    await image.decode();
    return { address, image, width: image.naturalWidth, height: image.naturalHeight };
  };
  const both = async ({ id, output_key: key }: TaskSummary) => {
    const [before, after] = await Promise.all([load(id, 'before'), load(id, 'after')]);
    const isExact = before.width === after.width && before.height === after.height;
    const { width, height } = after;
    const slider = sliderOf(
      { before: before.address, after: after.address, width, height },
      { zooms: ZOOMS, isExact, hasDifference: isExact },
    );
    await Promise.all(Array.from(slider.querySelectorAll('img'), (image) => image.decode()));
    const name = key?.split('/').at(-1) ?? 'picture.jpg';
    const save = make('a', { href: after.address, download: name }, 'Save the JPEG');
    return [slider, make('figcaption', {}, captionOf(before, after, isExact), ' ', save)];
  };
  const tiffAlone = async (id: string) => {
    const { image } = await load(id, 'before');
    image.alt = 'The TIFF';
    return [image, make('figcaption', {}, 'The TIFF. There is no JPEG of it.')];
  };
  const put = async (pictures: Promise<readonly Node[]>) => {
    latest += 1;
    const mine = latest;
    element.ariaBusy = 'true';
    loading = Promise.allSettled([loading, pictures]);
    const nodes = await pictures.catch((error: unknown) => [
      make('p', { className: 'said' }, `No picture: ${failureMessage(error)}`),
    ]);
    if (mine !== latest) return;
    element.ariaBusy = null;
    element.replaceChildren(...nodes);
  };
  return {
    element,
    show: (task) => {
      const stage = stageOf(task);
      const key = `${stage} ${task.ended_at}`;
      if (key === shown) return;
      shown = key;
      if (stage === 'both') put(both(task));
      else if (stage === 'waiting') element.replaceChildren(placeholder('The JPEG appears here.'));
      else if (stage === 'none')
        element.replaceChildren(placeholder('Its pictures are elsewhere.'));
      else {
        const ask = button('Try to show the TIFF', () => put(tiffAlone(task.id)));
        element.replaceChildren(placeholder('No JPEG was made.', ask));
      }
    },
    close: () => {
      latest = -1;
      // Not before loading: browsers complain about revoked addresses.
      loading.then(() => {
        for (const address of addresses) URL.revokeObjectURL(address);
      });
    },
  };
}

/** A TIFF that could not be converted can hardly be shown, so that is tried only on request. */
function stageOf(task: TaskSummary): 'both' | 'waiting' | 'tiff' | 'none' {
  const { state, output_key: key } = task;
  if (state === 'elsewhere') return key !== null && task.input_key !== '' ? 'both' : 'none';
  if (state === 'queued' || state === 'running') return 'waiting';
  return key === null ? 'tiff' : 'both';
}

function placeholder(words: string, ...more: readonly Node[]): HTMLElement {
  return make('div', { className: 'placeholder' }, make('p', {}, words), ...more);
}

interface ShownSize {
  readonly width: number;
  readonly height: number;
}

/** Which side is which, and how exact the pictures are. */
function captionOf(before: ShownSize, after: ShownSize, isExact: boolean): string {
  const sides = 'TIFF on the left, JPEG on the right';
  const size = `${sizeText(after)} pixels`;
  if (isExact) return `${sides}, each of ${size}. Keys: the arrows move the divider, + and − zoom.`;
  return (
    `${sides} of ${size}. The TIFF is a preview of ${sizeText(before)} pixels, made by the same library: ` +
    'at 100 % and above it is enlarged, and so less sharp than the JPEG.'
  );
}

function sizeText({ width, height }: ShownSize): string {
  return `${numberOf(width)} × ${numberOf(height)}`;
}
