import { make } from '../../lib/browser/dom.ts';
import { FAULTS, type Faults, groupOf } from '../faults.ts';
import type { Model } from './model.ts';
import { failureMessage, setFaults } from './server.ts';

const SWITCHES = Object.keys(FAULTS) as (keyof Faults)[];

/** Shows the switches in `place`, and active faults in `reminder`, on every page. */
export function showFaults(model: Model, place: HTMLElement, reminder: HTMLElement): void {
  const problem = make('p', { className: 'problem', role: 'alert' });
  const radios: HTMLInputElement[] = [];
  const refresh = (faults: Faults) => {
    for (const radio of radios) radio.checked = radio.value === (faults[switchOf(radio)] ?? '');
    reminder.replaceChildren(...reminderOf(faults));
  };
  const set = async (radio: HTMLInputElement) => {
    problem.textContent = '';
    try {
      refresh(await setFaults({ [switchOf(radio)]: radio.value || null } as Partial<Faults>));
    } catch (error) {
      problem.textContent = failureMessage(error);
      const faults = model.state()?.faults;
      if (faults) refresh(faults);
    }
  };
  for (const of of SWITCHES) place.append(fieldsetFor(of, radios));
  for (const radio of radios) radio.addEventListener('change', () => set(radio));
  place.append(problem);
  model.watch({ state: ({ faults }) => refresh(faults), faults: refresh });
}

function switchOf({ name }: HTMLInputElement): keyof Faults {
  return name as keyof Faults;
}

function fieldsetFor(of: keyof Faults, radios: HTMLInputElement[]): HTMLElement {
  const { legend, normal, faults } = groupOf(of);
  const choice = (value: string, label: string, promise = '') => {
    const id = `promise-${of}-${value}`;
    const radio = make('input', { type: 'radio', name: of, value });
    if (promise) radio.setAttribute('aria-describedby', id);
    radios.push(radio);
    return make(
      'div',
      { className: 'choice' },
      make('label', {}, radio, ' ', label),
      ...(promise ? [make('p', { id, className: 'promise' }, promise)] : []),
    );
  };
  const made = Object.entries(faults).map(([name, { label, promise }]) =>
    choice(name, label, promise),
  );
  return make('fieldset', {}, make('legend', {}, legend), choice('', normal), ...made);
}

function reminderOf(faults: Faults): Node[] {
  const armed = SWITCHES.flatMap((of) => groupOf(of).faults[faults[of] ?? '']?.armed ?? []);
  return armed.length > 0 ? [make('a', { href: '#/' }, `Fault on: ${armed.join('; ')}`)] : [];
}
