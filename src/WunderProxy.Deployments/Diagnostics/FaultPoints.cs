using System.Diagnostics;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>
/// Named points at which a fault test can end the process as <c>kill -9</c> would. Each step of the state machine and
/// each durable write passes a point; in normal operation a point costs one comparison with null.
/// </summary>
/// <param name="onHit">Called with the name of each point; null for none.</param>
internal sealed class FaultPoints(Action<string>? onHit)
{
    /// <summary>
    /// Environment variable with the point at which to end: <c>NAME</c>, or <c>NAME#3</c> for its third time. For tests
    /// only; documented in <c>docs/architecture.md</c>.
    /// </summary>
    public const string Variable = "WUNDERPROXY_FAULT_POINT";

    /// <summary>
    /// Environment variable that names a file to which every point passed is added, one per line; test suites take
    /// their list of points from it.
    /// </summary>
    public const string TraceVariable = "WUNDERPROXY_FAULT_TRACE";

    private readonly AsyncLocal<string?> _operation = new();

    /// <summary>Fault points without any effect.</summary>
    public static FaultPoints None { get; } = new(null);

    /// <summary>
    /// Creates the fault points that <see cref="Variable"/> and <see cref="TraceVariable"/> describe.
    /// </summary>
    public static FaultPoints FromEnvironment(Func<string, string?> environment)
    {
        if (environment(TraceVariable) is { Length: > 0 } file)
        {
            var oneAtATime = new Lock();
            return new FaultPoints(point =>
            {
                lock (oneAtATime)
                {
                    File.AppendAllLines(file, [point]);
                }
            });
        }

        return environment(Variable) is { Length: > 0 } wanted ? new FaultPoints(KillAt(wanted)) : None;
    }

    /// <summary>
    /// Sets the operation to which the current flow of calls belongs; tasks that it starts keep the operation.
    /// </summary>
    public void Enter(string operation) => _operation.Value = operation;

    /// <summary>Passes a point, such as <c>deploy/Creating-Starting</c> or <c>switch/record-after</c>.</summary>
    public void Hit(string step)
    {
        onHit?.Invoke($"{_operation.Value ?? "idle"}/{step}");
    }

    private static Action<string> KillAt(string wanted)
    {
        var parts = wanted.Split('#');
        var remaining = parts.Length > 1 && int.TryParse(parts[1], out var count) ? count : 1;
        return point =>
        {
            if (point == parts[0] && Interlocked.Decrement(ref remaining) == 0)
            {
                using var self = Process.GetCurrentProcess();
                self.Kill();
            }
        };
    }
}
