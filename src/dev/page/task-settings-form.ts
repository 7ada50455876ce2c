import { button, make } from '../../lib/browser/dom.ts';
import type { SettingField, TaskSummary } from '../api.ts';
import { checkSettings, failureMessage } from './server.ts';

type Settings = TaskSummary['settings'];
type FieldControl = HTMLInputElement | HTMLSelectElement;

/** Where the browser keeps them. */
const KEPT = 'arke-tiff dev: settings of new tasks';

/** The settings of the next dropped TIFFs. */
export interface SettingsForm {
  /** Those that were chosen. */
  chosen(): Settings;
  /** Makes the form, the first time. */
  show(fields: readonly SettingField[]): void;
}

/** A form with the settings of new tasks, which the browser remembers. */
export function settingsForm(place: HTMLElement): SettingsForm {
  const controls = new Map<string, FieldControl>();
  const head = make('summary');
  const problem = make('p', { className: 'problem', role: 'alert' });
  const chosen = () =>
    Object.fromEntries(
      [...controls]
        .map(([name, { value }]) => [name, value.trim()] as const)
        .filter(([, value]) => value !== ''),
    );
  const changed = async () => {
    const now = chosen();
    localStorage.setItem(KEPT, JSON.stringify(now));
    head.textContent = headOf(now);
    problem.textContent = await checkSettings(now).then(() => '', failureMessage);
  };
  const reset = button('Use the defaults', () => {
    for (const control of controls.values()) control.value = '';
    changed();
  });
  return {
    chosen,
    show(fields) {
      if (controls.size > 0) return;
      const kept = keptSettings();
      const rows = fields.map((field) => {
        const control = controlFor(field);
        control.value = kept[field.name] ?? '';
        control.addEventListener('change', changed);
        controls.set(field.name, control);
        return rowOf(field, control);
      });
      head.textContent = headOf(chosen());
      const grid = make('div', { className: 'fields' }, ...rows);
      place.replaceChildren(head, grid, problem, make('p', { className: 'row' }, reset));
    },
  };
}

/** `Settings: JPEG_QUALITY 80, TIFF_PAGES all`. */
export function headOf(settings: Settings): string {
  const words = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return `Settings: ${words.join(', ') || 'defaults'}`;
}

function controlFor({ name, choices, range, fallback }: SettingField): FieldControl {
  if (choices === null)
    return make('input', { name, placeholder: fallback, inputMode: range ? 'numeric' : 'text' });
  return make(
    'select',
    { name },
    make('option', { value: '' }, `${fallback} (default)`),
    ...choices.map((value) => make('option', { value }, value)),
  );
}

/** A control with its name and meaning. */
function rowOf({ name, meaning, range }: SettingField, control: FieldControl): HTMLElement {
  const words = meaning.replaceAll('`', '') + (range ? `, ${range.join('–')}` : '');
  control.id = `setting-${name}`;
  control.setAttribute('aria-describedby', `about-${name}`);
  return make(
    'div',
    {},
    make('label', { htmlFor: control.id }, name),
    control,
    make('p', { id: `about-${name}`, className: 'soft' }, `${words}.`),
  );
}

function keptSettings(): Settings {
  try {
    return (JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Settings | null) ?? {};
  } catch {
    // Of another version.
    return {};
  }
}
