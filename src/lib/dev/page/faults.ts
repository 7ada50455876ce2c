import { make } from '../../browser/dom.ts';
import type { Faults } from '../api.ts';
import type { Model } from './model.ts';
import { messageOf, setFaults } from './server.ts';

/** A way in which something can go wrong, and what is promised then (docs/reliability.md). */
interface Choice {
  readonly value: string | null;
  readonly label: string;
  readonly promise: string;
  /** While it is on, at the top of each page. */
  readonly armed: string;
}

/** What can be broken. */
interface Switch {
  readonly of: keyof Faults;
  readonly legend: string;
  readonly choices: readonly Choice[];
}

const SWITCHES: readonly Switch[] = [
  {
    of: 'callback',
    legend: 'The next callback',
    choices: [
      { value: null, label: 'is taken', promise: '', armed: '' },
      {
        value: 'fail',
        label: 'fails (503)',
        promise:
          'It is sent again, with the identical body and the same webhook-id; the task succeeds.',
        armed: 'the next callback fails',
      },
      {
        value: 'hang',
        label: 'gets no answer',
        promise:
          'After 10 s it is sent again: a success that counts twice is the lesser harm than a lost picture, and its webhook-id tells.',
        armed: 'the next callback gets no answer',
      },
      {
        value: 'redirect',
        label: 'is redirected (302)',
        promise:
          'Redirects are not followed, as that would lose the body. The JPEG is there but not reported: the body is in the log, to be replayed, and no error ever follows it.',
        armed: 'the next callback is redirected',
      },
    ],
  },
  {
    of: 'storage',
    legend: 'R2',
    choices: [
      { value: null, label: 'answers as it should', promise: '', armed: '' },
      {
        value: 'slow',
        label: 'is slow (200 kB/s)',
        promise:
          'What comes steadily is waited for; the task ends with its deadline, early enough to call back.',
        armed: 'R2 is slow',
      },
      {
        value: 'break',
        label: 'breaks off',
        promise:
          'The download goes on from the byte that was reached, of the same version of the TIFF: never a half JPEG, never a mixture.',
        armed: 'R2 breaks off',
      },
    ],
  },
];

/** Shows the switches in `place`, and in `reminder` what is switched on, on whatever page one is. */
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
      problem.textContent = messageOf(error);
      const faults = model.state()?.faults;
      if (faults) refresh(faults);
    }
  };
  for (const one of SWITCHES) place.append(fieldsetFor(one, radios));
  for (const radio of radios) radio.addEventListener('change', () => set(radio));
  place.append(problem);
  model.watch({ state: ({ faults }) => refresh(faults), faults: refresh });
}

function switchOf({ name }: HTMLInputElement): keyof Faults {
  return name as keyof Faults;
}

function fieldsetFor({ of, legend, choices }: Switch, radios: HTMLInputElement[]): HTMLElement {
  const made = choices.map(({ value, label, promise }) => {
    const id = `promise-${of}-${value}`;
    const radio = make('input', { type: 'radio', name: of, value: value ?? '' });
    if (promise) radio.setAttribute('aria-describedby', id);
    radios.push(radio);
    return make(
      'div',
      { className: 'choice' },
      make('label', {}, radio, ' ', label),
      ...(promise ? [make('p', { id, className: 'promise' }, promise)] : []),
    );
  });
  return make('fieldset', {}, make('legend', {}, legend), ...made);
}

function reminderOf(faults: Faults): Node[] {
  const armed = SWITCHES.flatMap(({ of, choices }) =>
    choices.filter(({ value, armed }) => armed && value === faults[of]).map(({ armed }) => armed),
  );
  return armed.length > 0 ? [make('a', { href: '#/' }, `Fault on: ${armed.join('; ')}`)] : [];
}
