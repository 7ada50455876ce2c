import { byId, make } from '../../browser/dom.ts';
import { numberOf } from '../../browser/words.ts';
import type { FileRow } from '../page-data.ts';
import type { Column } from './columns.ts';

/**
 * Row height in pixels, as in the style sheet: rows out of sight are absent, but keep their space.
 */
const ROW = 52;
/** Rows rendered above and below the visible ones, so that scrolling shows no gaps. */
const BEYOND = 10;
/** The most rows in print. */
const MOST_PRINTED = 1_000;

/** The rows of the table. */
export interface Rows {
  /** Shows these files, from the top. */
  show(places: readonly number[]): void;
  /** Redraws the rows when pictures have arrived. */
  refresh(): void;
}

/** What the rows need. */
export interface RowsOptions {
  readonly files: readonly FileRow[];
  readonly columns: readonly Column[];
  open(file: number, among: readonly number[]): void;
}

/**
 * The table's body, with only the visible rows. One of them is active: the Tab key reaches it and
 * arrow keys move it.
 */
export function openRows({ files, columns, open }: RowsOptions): Rows {
  const box = byId('rows');
  const body = byId('body');
  const [above, below] = [roomFor(), roomFor()];
  const made = new Map<number, HTMLTableRowElement>();
  let places: readonly number[] = [];
  let active = 0;
  let printing = false;

  const rowAt = (index: number) => {
    const place = places[index] ?? 0;
    const row = made.get(index) ?? rowOf(files[place], place, columns);
    made.set(index, row);
    row.setAttribute('aria-rowindex', String(index + 2));
    row.classList.toggle('active', index === active);
    row.dataset.index = String(index);
    const button = buttonIn(row);
    if (button) button.tabIndex = index === active ? 0 : -1;
    return row;
  };
  const rowsAt = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => rowAt(from + i));
  const render = () => {
    const [from, to] = printing ? [0, Math.min(MOST_PRINTED, places.length)] : inSight(box, places);
    const hasFocus = box.contains(document.activeElement) && !isInHead(document.activeElement);
    const activeGoes = active < from || active >= to;
    if (hasFocus && activeGoes) box.focus({ preventScroll: true });
    const isKept = (index: number) => index >= from && index < to;
    const gone = [...made].filter(([index]) => !isKept(index));
    for (const [index] of gone) made.delete(index);
    const firstKept = Math.min(to, ...made.keys());
    // Remaining rows are not moved, which would take their focus. New ones are added before old
    // ones are removed: the browser scrolls a box that is too short, even for a moment.
    (made.get(firstKept) ?? below).before(...rowsAt(from, firstKept));
    below.before(...rowsAt(firstKept, to).filter((row) => !row.isConnected));
    setRoom(above, from);
    setRoom(below, printing ? 0 : places.length - to);
    for (const [, row] of gone) row.remove();
    if (hasFocus && !activeGoes) buttonIn(made.get(active))?.focus({ preventScroll: true });
  };
  const renderAnew = () => {
    for (const row of made.values()) row.remove();
    made.clear();
    render();
  };
  const activate = (index: number) => {
    active = Math.max(0, Math.min(places.length - 1, index));
    scrollTo(box, active);
    render();
    buttonIn(made.get(active))?.focus({ preventScroll: true });
  };

  let isDue = false;
  body.append(above, below);
  box.tabIndex = -1;
  box.addEventListener('scroll', () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      render();
    });
  });
  body.addEventListener('click', (event) => {
    const index = indexOf(event.target);
    if (index === undefined) return;
    activate(index);
    open(places[index] ?? 0, places);
  });
  box.addEventListener('keydown', (event) => {
    const next = moved(event, active, places.length, Math.floor(box.clientHeight / ROW) - 1);
    if (next === undefined) return;
    event.preventDefault();
    activate(next);
  });
  const print = (isPrinting: boolean) => {
    printing = isPrinting;
    byId('printed').textContent =
      isPrinting && places.length > MOST_PRINTED
        ? `Only the first ${numberOf(MOST_PRINTED)} of ${numberOf(places.length)} files are printed; sort or filter to print others.`
        : '';
    render();
  };
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
  addEventListener('resize', render);

  return {
    show: (wanted) => {
      places = wanted;
      active = 0;
      box.scrollTop = 0;
      byId('table').setAttribute('aria-rowcount', String(places.length + 1));
      renderAnew();
    },
    refresh: renderAnew,
  };
}

function rowOf(
  file: FileRow | undefined,
  place: number,
  columns: readonly Column[],
): HTMLTableRowElement {
  const row = make('tr');
  if (file)
    row.append(
      ...columns.map(({ className, cell }) => make('td', { className }, ...cell(file, place))),
    );
  return row;
}

/** A spacer row for those that are absent. */
function roomFor(): HTMLTableRowElement {
  return make('tr', { className: 'room', 'aria-hidden': 'true' }, make('td'));
}

function setRoom(room: HTMLTableRowElement, rows: number): void {
  room.hidden = rows === 0;
  const [cell] = room.cells;
  if (cell) cell.style.height = `${rows * ROW}px`;
}

function inSight(box: HTMLElement, places: readonly number[]): readonly [number, number] {
  const first = Math.floor(box.scrollTop / ROW);
  const count = Math.ceil(box.clientHeight / ROW);
  const from = Math.max(0, Math.min(first, places.length - count) - BEYOND);
  return [from, Math.min(places.length, first + count + BEYOND)];
}

/** Scrolls a row into view below the sticky headings. */
function scrollTo(box: HTMLElement, index: number): void {
  const headings = byId('columns').offsetHeight;
  const top = index * ROW;
  const least = top + ROW + headings - box.clientHeight;
  box.scrollTop = Math.min(Math.max(box.scrollTop, least), top);
}

function indexOf(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest('tr') : null;
  return row?.dataset.index === undefined ? undefined : Number(row.dataset.index);
}

function isInHead(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('thead') !== null;
}

function buttonIn(row: HTMLTableRowElement | undefined): HTMLButtonElement | null {
  return row?.querySelector('button') ?? null;
}

function moved(
  { key, altKey, ctrlKey, metaKey, target }: KeyboardEvent,
  active: number,
  count: number,
  page: number,
): number | undefined {
  if (isInHead(target) || altKey || ctrlKey || metaKey) return undefined;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  };
  return moves[key];
}
