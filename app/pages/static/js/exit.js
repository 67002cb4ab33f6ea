/* The quick exit of pages about violence: leave without the page staying one step back. */
(function () {
  'use strict';
  const link = document.querySelector('.esci');
  if (!link) return;
  function leave(event) {
    event.preventDefault();
    location.replace(link.href);
  }
  link.addEventListener('click', leave);
  let last = 0;
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape') return;
    if (event.timeStamp - last < 800) leave(event);
    last = event.timeStamp;
  });
}());
