import { make } from './dom.ts';

/** What is compared: two pictures of one size. */
export interface Compared {
  readonly before: string;
  readonly after: string;
  readonly width: number;
  readonly height: number;
}

/** How large a pixel of the pictures can be shown. */
const ZOOMS = [1, 2, 4] as const;

/** Pixels: in a narrower picture the words would cover it. */
const ROOM_FOR_LABELS = 150;

/** Before and after in one place, with a border between them that mouse, finger and arrow keys move. */
export function sliderOf({ before, after, width, height }: Compared): HTMLElement {
  const over = make('img', { className: 'after', src: after, alt: 'The JPEG', draggable: false });
  const stack = make(
    'div',
    { className: 'stack' },
    make('img', { src: before, alt: 'The TIFF', draggable: false }),
    over,
    make('span', { className: 'border', 'aria-hidden': 'true' }),
    make('span', { className: 'label left', 'aria-hidden': 'true' }, 'TIFF'),
    make('span', { className: 'label right', 'aria-hidden': 'true' }, 'JPEG'),
  );
  const range = make('input', {
    type: 'range',
    min: '0',
    max: '100',
    value: '50',
    'aria-label': 'How much is shown of the TIFF, from the left',
  });
  const move = () => {
    stack.style.setProperty('--share', `${range.value}%`);
    range.setAttribute(
      'aria-valuetext',
      `TIFF ${range.value} %, JPEG ${100 - Number(range.value)} %`,
    );
  };
  range.addEventListener('input', move);
  const follow = ({ clientX }: PointerEvent) => {
    const box = stack.getBoundingClientRect();
    range.value = String(Math.round(((clientX - box.left) / box.width) * 100));
    move();
  };
  stack.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    stack.setPointerCapture(event.pointerId);
    range.focus();
    follow(event);
  });
  stack.addEventListener('pointermove', (event) => {
    if (stack.hasPointerCapture(event.pointerId)) follow(event);
  });
  const zoom = (factor: number) => {
    stack.classList.toggle('small', width * factor < ROOM_FOR_LABELS);
    stack.style.width = `${width * factor}px`;
    stack.style.height = `${height * factor}px`;
    range.style.width = `${width * factor}px`;
  };
  zoom(1);
  move();
  const view = make('div', { className: 'view' }, stack, range);
  return make('div', { className: 'slider' }, view, controls(stack, zoom));
}

function controls(stack: HTMLElement, zoom: (factor: number) => void): HTMLElement {
  const sizes = make(
    'select',
    {},
    ...ZOOMS.map((factor) => make('option', { value: factor }, `${factor * 100} %`)),
  );
  sizes.addEventListener('input', () => zoom(Number(sizes.value)));
  const difference = make('input', { type: 'checkbox' });
  difference.addEventListener('input', () =>
    stack.classList.toggle('difference', difference.checked),
  );
  return make(
    'p',
    { className: 'controls' },
    make('label', {}, 'Size ', sizes),
    make('label', {}, difference, ' Difference only, 16 times as strong'),
  );
}
