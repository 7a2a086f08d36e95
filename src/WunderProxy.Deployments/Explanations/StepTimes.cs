using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations;

/// <summary>Measures the steps of one operation by its progress. Used from one task at a time, and read from others.</summary>
/// <param name="clock">Measures the durations.</param>
internal sealed class StepTimes(TimeProvider clock)
{
    /// <summary>Most steps kept; an operation has about eight.</summary>
    private const int MaxSteps = 20;

    private readonly Lock _lock = new();
    private readonly List<(string Step, long Began)> _steps = [];
    private readonly long _began = clock.GetTimestamp();

    /// <summary>Duration of the operation so far, in seconds.</summary>
    public double Seconds => Round(clock.GetElapsedTime(_began));

    /// <summary>Notes that a step is under way; what came before the first step counts as part of it.</summary>
    public void Note(string step)
    {
        lock (_lock)
        {
            if (_steps.Count == 0)
            {
                _steps.Add((step, _began));
            }
            else if (_steps[^1].Step != step && _steps.Count < MaxSteps)
            {
                _steps.Add((step, clock.GetTimestamp()));
            }
        }
    }

    /// <summary>Returns the steps so far, in order; the last one lasts until now.</summary>
    public IReadOnlyList<StepTime> ToList()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            return [.. _steps.Select((step, index) => new StepTime(
                step.Step, Round(clock.GetElapsedTime(step.Began, index + 1 < _steps.Count ? _steps[index + 1].Began : now))))];
        }
    }

    private static double Round(TimeSpan duration) => Math.Round(duration.TotalSeconds, 3);
}
