/* Sort and filter the table where it stands. Without this file the headings are links that sort on the server. */
(function () {
  'use strict';

  const table = document.getElementById('aree');
  if (!table) return;
  const body = table.tBodies[0];
  const collator = new Intl.Collator('it', { sensitivity: 'base', numeric: true });

  function value(row, column, numeric) {
    const text = row.cells[column].dataset.valore;
    if (text === '') return null; // unknown: last in both orders
    return numeric ? Number(text) : text;
  }

  function sort(link) {
    const heading = link.closest('th');
    const column = Number(link.dataset.colonna);
    const ranked = column === 1; // statuses carry their rank
    const numeric = ranked || link.dataset.numerica === 'si';
    const now = heading.getAttribute('aria-sort');
    const first = link.dataset.numerica === 'si' ? 'descending' : 'ascending';
    const next = now === 'none' ? first : (now === 'ascending' ? 'descending' : 'ascending');
    const sign = next === 'ascending' ? 1 : -1;
    const rows = Array.from(body.rows).sort(function (one, other) {
      const a = value(one, column, numeric);
      const b = value(other, column, numeric);
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (numeric ? a - b : collator.compare(a, b));
    });
    table.querySelectorAll('th[aria-sort]').forEach(function (other) { other.setAttribute('aria-sort', 'none'); });
    heading.setAttribute('aria-sort', next);
    body.append.apply(body, rows);
  }

  table.tHead.addEventListener('click', function (event) {
    const link = event.target.closest('a[data-colonna]');
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    sort(link);
  });

  const box = document.getElementById('cerca-area');
  const input = document.getElementById('filtro');
  const outcome = document.getElementById('filtro-esito');
  if (!box || !input) return;
  box.hidden = false;

  function bare(text) {
    return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  }

  input.addEventListener('input', function () {
    const wanted = bare(input.value.trim());
    let count = 0;
    Array.from(body.rows).forEach(function (row) {
      row.hidden = wanted !== '' && !bare(row.dataset.nome).includes(wanted);
      if (!row.hidden) count += 1;
    });
    outcome.textContent = wanted === '' ? '' :
      count === 1 ? outcome.dataset.uno : outcome.dataset.tante.replace('{numero}', String(count));
  });
}());
