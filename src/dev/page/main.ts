/**
 * The script of `arke-tiff dev`'s page: listens to the server, and shows what the address asks for.
 */
import { byId } from '../../lib/browser/dom.ts';
import { clearButton } from './delete-buttons.ts';
import { openDropZone } from './drop-zone.ts';
import { limitsText, showEnvironment } from './environment.ts';
import { showFaults } from './faults.ts';
import { openModel } from './model.ts';
import { sayOutcomes } from './outcomes.ts';
import { routeOf } from './route.ts';
import { sayIn } from './said.ts';
import { showTasks } from './task-list.ts';
import { showTask } from './task-page.ts';
import { settingsForm } from './task-settings-form.ts';
import { pageTitle } from './task-words.ts';
import { openUploads } from './uploads.ts';

const model = openModel();
const say = sayIn(byId('said'));
const list = showTasks(model, {
  list: byId('tasks'),
  count: byId('count'),
  more: byId('more'),
  tools: byId('tools'),
});
const settings = settingsForm(byId('settings'));
byId('clear').append(clearButton(model, say));
const showVariables = showEnvironment(byId('environment'), say);
showFaults(model, byId('faults'), byId('armed'));
sayOutcomes(model, say);

const connection = byId('connection');
model.watch({
  state: (state) => {
    byId('version').textContent = state.version;
    byId('limits').textContent = limitsText(state);
    showVariables(state);
    settings.show(state.settings);
  },
  connected: (isConnected) => {
    connection.classList.toggle('lost', !isConnected);
    const words = isConnected ? '● live' : 'Connection lost. Trying again …';
    if (connection.textContent !== words) connection.textContent = words;
  },
});

const take = openUploads(model, settings.chosen, say);
openDropZone((chosen) => {
  if (open) location.hash = '#/';
  take(chosen);
}, say);

const overview = byId('overview');
const place = byId('task');
/** The task shown, and how to close it. */
let open: { readonly id: string; readonly close: () => void } | undefined;

function show(isFirst: boolean): void {
  const route = routeOf(location.hash);
  if (!route) return;
  const last = open?.id;
  open?.close();
  open = undefined;
  overview.hidden = route.task !== undefined;
  place.hidden = route.task === undefined;
  if (route.task === undefined) {
    place.replaceChildren();
    document.title = pageTitle();
  } else {
    document.title = pageTitle(route.task);
    open = { id: route.task, close: showTask(route.task, model, place) };
  }
  // At first the focus is the browser's; later it goes to the new content.
  if (isFirst) return;
  scrollTo(0, 0);
  if (route.task !== undefined) byId('task-title').focus({ preventScroll: true });
  else if (last === undefined || !list.focus(last)) byId('overview-title').focus();
}

addEventListener('hashchange', () => show(false));
// As an address it would be another route here.
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  byId('main').focus();
});
show(true);
