import { byId, make } from '../../browser/dom.ts';
import { countOf } from '../../browser/words.ts';
import type { PageData } from '../page-data.ts';
import { ANY_WARNING, type Filter } from './filter.ts';

const MB = 1e6;

/** Builds the filter form; `change` gets each change. */
export function showFilters(
  { files, totals, labels }: PageData,
  change: (filter: Filter) => void,
): void {
  const form = byId<HTMLFormElement>('filters');
  const kinds = counted(files.map(({ kind }) => kind));
  const warnings = counted(
    files.flatMap((file) => file.warnings),
    labels,
  );
  const statuses = counted(files.map(({ status }) => status));
  form.append(
    field('Name', make('input', { type: 'search', name: 'name', autocomplete: 'off', size: 18 })),
    field('Status', choice('status', [['', 'any'], ...statuses])),
    field(
      'Warning',
      choice('warning', [['', 'with or without'], [ANY_WARNING, 'any warning'], ...warnings]),
    ),
    field('Kind', choice('kind', [['', 'any'], ...kinds])),
    ...(totals.compared > 0
      ? [
          field('SSIM at most', number('mostSsim', '0.001', '1')),
          field('PSNR at most, dB', number('mostPsnr', '0.1')),
        ]
      : []),
    field('TIFF from, MB', number('leastSize', 'any')),
    field('to, MB', number('mostSize', 'any')),
    make('button', { type: 'reset' }, 'Clear'),
  );
  const tell = () => change(filterOf(new FormData(form)));
  form.addEventListener('input', tell);
  form.addEventListener('submit', (event) => event.preventDefault());
  // The fields are cleared only after the event.
  form.addEventListener('reset', () => setTimeout(tell));
}

function filterOf(form: FormData): Filter {
  const text = (name: string) => String(form.get(name) ?? '') || undefined;
  const amount = (name: string, unit = 1) => {
    const value = text(name);
    return value === undefined ? undefined : Number(value) * unit;
  };
  return {
    name: text('name'),
    status: text('status'),
    kind: text('kind'),
    warning: text('warning'),
    mostSsim: amount('mostSsim'),
    mostPsnr: amount('mostPsnr'),
    leastSize: amount('leastSize', MB),
    mostSize: amount('mostSize', MB),
  };
}

function field(label: string, control: HTMLElement): HTMLElement {
  control.id = `filter-${label.toLowerCase().replaceAll(/\W+/g, '-')}`;
  return make('div', {}, make('label', { htmlFor: control.id }, label), control);
}

function choice(name: string, options: readonly (readonly [string, string])[]): HTMLElement {
  return make(
    'select',
    { name },
    ...options.map(([value, label]) => make('option', { value }, label)),
  );
}

function number(name: string, step: string, max?: string): HTMLElement {
  return make('input', { type: 'number', name, step, min: '0', max });
}

/** The distinct values, the most frequent first, with their counts. */
function counted(
  values: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): readonly (readonly [string, string])[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([a, some], [b, others]) => others - some || a.localeCompare(b))
    .map(([value, count]) => [value, `${labels[value] ?? value} (${countOf(count, 'file')})`]);
}
