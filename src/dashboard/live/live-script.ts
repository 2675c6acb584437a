/**
 * The script of the live page. It writes texts and never markup. It is a text here, so that it needs neither a build nor the types of a
 * browser; test/e2e/dashboard.test.ts runs it in one.
 */
export const LIVE_SCRIPT = `'use strict';
(() => {
  const table = document.getElementById('records');
  const state = document.getElementById('state');
  const nothing = document.getElementById('nothing');
  if (table === null || table.dataset.events === undefined) return;
  const body = table.tBodies[0];
  const labels = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const names = ['time', 'decision', 'code', 'user', 'operation', 'object', 'policies'];
  const rowsMax = 200;
  let updatedAt = Date.now();
  let isConnected = false;

  function makeCell(name, label, line) {
    const cell = document.createElement('td');
    cell.setAttribute('role', 'cell');
    cell.dataset.label = label;
    cell.dataset.name = name;
    if (name === 'time') {
      const link = document.createElement('a');
      link.href = '/decisions/' + encodeURIComponent(line.decisionId);
      const time = document.createElement('time');
      time.dateTime = line.time;
      time.textContent = line.time.slice(0, 19).replace('T', ' ');
      link.append(time);
      cell.append(link);
    } else if (name === 'decision') {
      const verdict = document.createElement('span');
      verdict.classList.add('verdict', line.decision);
      verdict.textContent = line.decision + ' ' + line.count;
      cell.append(verdict);
    } else {
      cell.textContent = line[name];
    }
    return cell;
  }

  function add(line) {
    const row = document.createElement('tr');
    row.setAttribute('role', 'row');
    row.dataset.decision = line.decision;
    row.classList.add('new');
    names.forEach((name, index) => row.append(makeCell(name, labels[index], line)));
    body.prepend(row);
    while (body.rows.length > rowsMax) body.deleteRow(-1);
    nothing.hidden = true;
  }

  function show() {
    const seconds = Math.round((Date.now() - updatedAt) / 1000);
    state.textContent = (isConnected ? 'Live: updated ' : 'Not connected: updated ') + seconds + ' s ago.';
  }

  const address = new URL(table.dataset.events, location.origin);
  address.searchParams.set('after', table.dataset.newest);
  const events = new EventSource(address);
  events.addEventListener('attempt', (event) => add(JSON.parse(event.data)));
  events.addEventListener('tick', () => {
    isConnected = true;
    updatedAt = Date.now();
    show();
  });
  events.addEventListener('reload', () => {
    events.close();
    location.reload();
  });
  events.addEventListener('error', () => {
    isConnected = false;
    show();
  });
  setInterval(show, 1000);
})();
`;
