"""HTTP mode: the addresses that Slack, a load balancer and Prometheus call."""
