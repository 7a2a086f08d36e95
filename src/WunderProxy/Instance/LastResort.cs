using System.Runtime.ExceptionServices;

namespace WunderProxy.Instance;

/// <summary>
/// What no code has caught: told in one line, never a core dump. A service goes on after a fault on a pool thread, whose
/// work item alone is lost; a thread of our own that ends would leave its connections without anybody, so the process ends.
/// </summary>
internal static class LastResort
{
    private static TextWriter _error = TextWriter.Null;
    private static Action<Exception>? _log;

    /// <summary>Begins to catch, for the whole process.</summary>
    /// <param name="error">Where a command, or a service before it logs, tells.</param>
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

    /// <summary>Tells the log of a service from now on; null when the service ends.</summary>
    public static void LogTo(Action<Exception>? log) => _log = log;

    /// <summary>One line about an exception that nobody foresaw.</summary>
    public static string Describe(Exception exception)
    {
        var cause = exception is AggregateException { InnerExceptions: [var only] } ? only : exception;
        return $"internal error: {cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}";
    }

    /// <summary>Whether the process goes on.</summary>
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
