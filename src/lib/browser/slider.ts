import { make } from './dom.ts';
import { zoomsOf } from './zooms.ts';

/** Two pictures of the same shape. */
export interface Compared {
  readonly before: string;
  readonly after: string;
  /** Pixels of the second picture. */
  readonly width: number;
  readonly height: number;
}

/** How the pictures can be shown. */
export interface SliderOptions {
  /** The zoom levels; `fit` fills the available space. */
  readonly zooms: readonly (number | 'fit')[];
  /** Index of the first level shown; default: 0. */
  readonly start?: number | undefined;
  /** Whether both have the same pixels, which may be shown as squares. */
  readonly isExact: boolean;
  /** Whether the difference can be shown. */
  readonly hasDifference: boolean;
}

/** Pixels: the labels would cover a narrower picture. */
const ROOM_FOR_LABELS = 150;

/**
 * Before and after in one place, with a divider that mouse, finger and arrow keys move; the keys +,
 * − and 0 zoom.
 */
export function sliderOf(compared: Compared, options: SliderOptions): HTMLElement {
  const { width, height } = compared;
  const stack = stackOf(compared);
  const range = rangeFor(stack);
  followPointer(stack, range);
  const view = make('div', { className: 'view', role: 'group', 'aria-label': 'Pictures' }, stack);
  const slider = make('div', { className: 'slider' }, view, range);
  slider.style.setProperty('--width', String(width));
  slider.style.setProperty('--height', String(height));
  const apply = (zoom: number | 'fit') => {
    const centre = centreOf(view, stack);
    slider.classList.toggle('fit', zoom === 'fit');
    slider.classList.toggle('squares', options.isExact && zoom !== 'fit');
    if (zoom !== 'fit') slider.style.setProperty('--zoom', String(zoom));
    stack.classList.toggle('small', width * (zoom === 'fit' ? 1 : zoom) < ROOM_FOR_LABELS);
    // A scrollable view must be reachable by keyboard; another one need not be.
    if (zoom === 'fit') view.removeAttribute('tabindex');
    else view.tabIndex = 0;
    view.scrollTo(
      centre.x * stack.offsetWidth - view.clientWidth / 2,
      centre.y * stack.offsetHeight - view.clientHeight / 2,
    );
  };
  const zooms = zoomsOf(options.zooms, apply, options.start);
  slider.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey && zooms.key(event.key)) event.preventDefault();
  });
  const controls = make('div', { className: 'controls' }, zooms.element);
  if (options.hasDifference) controls.append(differenceOf(stack));
  slider.append(controls);
  return slider;
}

function stackOf({ before, after }: Compared): HTMLElement {
  return make(
    'div',
    { className: 'stack' },
    make('img', { src: before, alt: 'The TIFF', draggable: false }),
    make('img', { className: 'after', src: after, alt: 'The JPEG', draggable: false }),
    make('span', { className: 'border', 'aria-hidden': 'true' }),
    make('span', { className: 'label left', 'aria-hidden': 'true' }, 'TIFF'),
    make('span', { className: 'label right', 'aria-hidden': 'true' }, 'JPEG'),
  );
}

/** The divider as a control: arrow keys move it. */
function rangeFor(stack: HTMLElement): HTMLInputElement {
  const range = make('input', {
    type: 'range',
    min: '0',
    max: '100',
    value: '50',
    'aria-label': 'Share of the TIFF, from the left',
  });
  const move = () => {
    stack.style.setProperty('--share', `${range.value}%`);
    range.setAttribute(
      'aria-valuetext',
      `TIFF ${range.value} %, JPEG ${100 - Number(range.value)} %`,
    );
  };
  range.addEventListener('input', move);
  move();
  return range;
}

function followPointer(stack: HTMLElement, range: HTMLInputElement): void {
  const follow = ({ clientX }: PointerEvent) => {
    const box = stack.getBoundingClientRect();
    range.value = String(Math.round(((clientX - box.left) / box.width) * 100));
    range.dispatchEvent(new Event('input'));
  };
  stack.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    stack.setPointerCapture(event.pointerId);
    range.focus({ preventScroll: true });
    follow(event);
  });
  stack.addEventListener('pointermove', (event) => {
    if (stack.hasPointerCapture(event.pointerId)) follow(event);
  });
}

/** The centre of the view, as a share of the whole. */
function centreOf(
  view: HTMLElement,
  stack: HTMLElement,
): { readonly x: number; readonly y: number } {
  const share = (start: number, shown: number, whole: number) =>
    whole > shown ? (start + shown / 2) / whole : 1 / 2;
  return {
    x: share(view.scrollLeft, view.clientWidth, stack.offsetWidth),
    y: share(view.scrollTop, view.clientHeight, stack.offsetHeight),
  };
}

function differenceOf(stack: HTMLElement): HTMLElement {
  const difference = make('input', { type: 'checkbox' });
  difference.addEventListener('input', () =>
    stack.classList.toggle('difference', difference.checked),
  );
  return make('label', {}, difference, ' Show difference (×16)');
}
