// The interactive description of the API. The validator of Swagger UI would ask another host: it stays off.
"use strict";

const place = document.getElementById("api");
window.SwaggerUIBundle({ url: place.dataset.description, domNode: place, validatorUrl: null, deepLinking: true });
