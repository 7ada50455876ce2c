import { button, make } from '../../lib/browser/dom.ts';

/** Asks a question above the page; resolves to whether it was confirmed. */
export function ask(words: string, confirmation: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const question = make('p', { id: 'question' }, words);
  const cancel = button('Cancel', () => dialog.close(), { autofocus: true });
  const confirm = button(confirmation, () => dialog.close('confirmed'), { className: 'primary' });
  const row = make('p', { className: 'row' }, confirm, cancel);
  const dialog = make('dialog', { className: 'ask', 'aria-labelledby': 'question' }, question, row);
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue === 'confirmed');
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
