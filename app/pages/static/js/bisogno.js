/* The municipality chosen on the map is said under it and marked in the table. */
(function () {
  'use strict';

  const frame = document.getElementById('mappa');
  const line = document.getElementById('scelta-corrente');
  if (!frame || !line) return;

  window.addEventListener('message', function (event) {
    if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
    const message = event.data || {};
    if (message.kind !== 'ombra:area') return;
    line.firstElementChild.textContent = String(message.voce);
    line.hidden = false;
    document.querySelectorAll('#aree tbody tr').forEach(function (row) {
      row.classList.toggle('scelta-riga', row.dataset.codice === String(message.codice));
    });
  });
}());
