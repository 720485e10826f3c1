"""The Rasa assistant: understands what a customer wants and speaks HTTP to the services."""
