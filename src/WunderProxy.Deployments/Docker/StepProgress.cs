namespace WunderProxy.Deployments.Docker;

/// <summary>
/// Passes each message on at once and in order; <see cref="Progress{T}"/> would do so later, on other threads. What the
/// receiver throws ends the stream.
/// </summary>
internal sealed class StepProgress<T>(Action<T> receive) : IProgress<T>
{
    public void Report(T value) => receive(value);
}
