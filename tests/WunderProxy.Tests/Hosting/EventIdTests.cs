using System.Reflection;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Operations;
using WunderProxy.Forwarding;
using WunderProxy.Instance;

namespace WunderProxy.Tests.Hosting;

[Parallelizable]
internal sealed class EventIdTests
{
    [Test]
    public void Event_ids_are_unique_across_the_rooms()
    {
        var twice = Messages()
            .GroupBy(message => message.Id)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(message => message.Name))}");

        Assert.That(Messages(), Is.Not.Empty);
        Assert.That(twice, Is.Empty);
    }

    private static List<(int Id, string Name)> Messages() =>
    [
        .. new[] { typeof(InstanceState).Assembly, typeof(ForwarderServer).Assembly, typeof(ContainerLifecycle).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(pair => pair.Message is not null)
            .Select(pair => (pair.Message!.EventId, $"{pair.Method.DeclaringType!.Name}.{pair.Method.Name}")),
    ];
}
