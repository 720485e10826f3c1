"""Custom actions: each one thin call to the services, or one step of the form."""
