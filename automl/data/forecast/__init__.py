"""Series to forecast: tables in time order, cut into windows of the past with the steps that follow.

``read_forecast`` gives a ``Dataset`` whose rows are windows; the series themselves are kept once, and windows are cut
from them when they are asked for. ``ForecastContract`` says what is forecast, from what, and how time goes on.
"""
