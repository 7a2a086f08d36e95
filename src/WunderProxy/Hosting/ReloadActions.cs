using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;

namespace WunderProxy.Hosting;

/// <summary>Everything that SIGHUP reads again.</summary>
internal sealed class ReloadActions(IEnumerable<ReloadAction> actions)
{
    private readonly ReloadAction[] _actions = [.. actions];

    /// <summary>Reads everything again; what cannot be read keeps its old value.</summary>
    public void Run(ILogger logger)
    {
        foreach (var action in _actions)
        {
            try
            {
                action.Run();
                HostLog.Reloaded(logger, action.What);
                if (action.FindWarning?.Invoke() is { } warning)
                {
                    HostLog.FileIsOpen(logger, warning);
                }
            }
            catch (UsageException exception)
            {
                HostLog.ReloadFailed(logger, exception.Message);
            }
        }
    }
}
