// Says, before anything is drawn, that scripts run here, so that nothing jumps when they start.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
