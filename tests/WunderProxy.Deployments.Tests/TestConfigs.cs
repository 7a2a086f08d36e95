using System.Text;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests;

/// <summary>Small launch configs.</summary>
internal static class TestConfigs
{
    public static LaunchConfig Of(string revision, string value = "", bool forceReload = false) =>
        LaunchConfig.Parse(Encoding.UTF8.GetBytes(
            $$"""{"ContainerConfig":{"Env":["V={{value}}"]},"Revision":"{{revision}}","ForceReload":{{(forceReload ? "true" : "false")}}}"""));
}
