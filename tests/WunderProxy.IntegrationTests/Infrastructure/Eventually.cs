using System.Diagnostics.CodeAnalysis;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>Waits, with a limit, until another process has done something.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks repeatedly until the condition is true.</summary>
    /// <exception cref="AssertionException">The condition was still false when the time limit passed.</exception>
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, int seconds = 30)
    {
        var deadline = TimeProvider.System.GetTimestamp() + seconds * TimeProvider.System.TimestampFrequency;
        Exception? last = null;
        while (TimeProvider.System.GetTimestamp() < deadline)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                last = exception;
            }

            await Task.Delay(Pace, TimeProvider.System);
        }

        Fail($"{what}: not within {seconds} s{(last is null ? "" : $"; last: {last.Message}")}");
    }

    /// <inheritdoc cref="TrueAsync(string, Func{Task{bool}}, int)"/>
    public static Task TrueAsync(string what, Func<bool> condition, int seconds = 30) =>
        TrueAsync(what, () => Task.FromResult(condition()), seconds);

    [DoesNotReturn]
    private static void Fail(string message) => throw new AssertionException(message);
}
