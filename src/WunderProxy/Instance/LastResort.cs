using System.Runtime.ExceptionServices;

namespace WunderProxy.Instance;

/// <summary>
/// Handles exceptions that no code has caught: logs one line and writes no core dump. After an exception on a pool
/// thread the service goes on, having lost that work item only. After one on a thread of our own the process ends,
/// because the thread's connections would have no owner.
/// </summary>
internal static class LastResort
{
    private static TextWriter _error = TextWriter.Null;
    private static Action<Exception>? _log;

    /// <summary>Installs the handler for the whole process.</summary>
    /// <param name="error">Output for commands, and for a service before it logs.</param>
    public static void Install(TextWriter error)
    {
        _error = error;
        ExceptionHandling.SetUnhandledExceptionHandler(IsBorne);
        TaskScheduler.UnobservedTaskException += (_, unobserved) =>
        {
            unobserved.SetObserved();
            _log?.Invoke(unobserved.Exception);
        };
    }

    /// <summary>Sends later reports to the log of a service; null when the service ends.</summary>
    public static void LogTo(Action<Exception>? log) => _log = log;

    /// <summary>Returns one line about an unexpected exception.</summary>
    public static string Describe(Exception exception)
    {
        var cause = exception is AggregateException { InnerExceptions: [var only] } ? only : exception;
        return $"internal error: {cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}";
    }

    /// <summary>Whether the process goes on after an exception.</summary>
    private static bool IsBorne(Exception exception)
    {
        if (Thread.CurrentThread.IsThreadPoolThread && _log is { } log)
        {
            log(exception);
            return true;
        }

        _error.WriteLine("wunderproxy: " + Describe(exception));
        Environment.Exit(ExitCode.Failure);
        return true;
    }
}
