using WunderProxy.Configuration;
using WunderProxy.Forwarding.Options;
using WunderProxy.Hosting;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.Hosting;

[Parallelizable]
internal sealed class DescriptorBudgetTests
{
    private static readonly ForwarderOptions Proxy =
        new() { Threads = 4 };

    [TestCase(256, 60)]
    [TestCase(1024, 400)]
    [TestCase(4096, 1900)]
    [TestCase(20_000, 9000)]
    [TestCase(1_048_576, 500_000)]
    public void Limit_is_enough_for_so_many_clients(int limit, int clients) =>
        Assert.That(Budget(limit).MaxConnections, Is.GreaterThanOrEqualTo(clients));

    [Test]
    public void Everything_together_fits_into_the_limit([Values(200, 256, 1024, 4096, 8192, 8193, 65_536)] int limit)
    {
        var budget = Budget(limit);

        var taken = (2 * budget.MaxConnections) + budget.RefusedConnections + (3 * budget.ApiConnections)
            + budget.ApiRefusedConnections + budget.InnerStrangers + (2 * budget.SplicePipes);

        Assert.Multiple(() =>
        {
            Assert.That((2 * budget.MaxConnections) + budget.Own, Is.LessThanOrEqualTo(limit));
            Assert.That(taken, Is.LessThan(limit - 60), "the runtime, listeners, engine and store have the rest");
        });
    }

    [Test]
    public void Larger_number_of_connections_is_lowered_with_a_warning()
    {
        var asked = Proxy with { MaxConnections = 5000 };
        var budget = DescriptorBudget.For(1024, asked, 1, 1, runsContainers: false);

        Assert.Multiple(() =>
        {
            Assert.That(budget.Apply(asked).MaxConnections, Is.EqualTo(budget.MaxConnections));
            Assert.That(budget.Warning, Does.StartWith($"--max-connections 5000 is lowered to {budget.MaxConnections}: "));
        });
    }

    [TestCase(0)]
    [TestCase(10)]
    public void Number_that_fits_is_kept_without_a_word(int asked)
    {
        var budget = DescriptorBudget.For(1024, Proxy with { MaxConnections = asked }, 1, 1, runsContainers: false);

        Assert.Multiple(() =>
        {
            Assert.That(budget.Warning, Is.Null);
            Assert.That(
                budget.Apply(Proxy with { MaxConnections = asked }).MaxConnections,
                Is.EqualTo(asked == 0 ? budget.MaxConnections : asked));
        });
    }

    [Test]
    public void Limit_that_the_process_needs_for_itself_is_named()
    {
        var budget = Budget(64);

        Assert.Multiple(() =>
        {
            Assert.That(budget.MaxConnections, Is.EqualTo(1));
            Assert.That(budget.Warning, Does.StartWith("the limit of 64 open files is too low"));
        });
    }

    [Test]
    public void Api_gets_its_part_and_nothing_where_there_is_none()
    {
        var without = DescriptorBudget.For(1024, Proxy, 1, 0, runsContainers: false);

        Assert.Multiple(() =>
        {
            Assert.That(Budget(256).Apply(new ManagerApiOptions()).MaxConnections, Is.GreaterThanOrEqualTo(8));
            Assert.That(Budget(1_048_576).ApiConnections, Is.EqualTo(1000));
            Assert.That(without.ApiConnections, Is.Zero);
            Assert.That(without.MaxConnections, Is.GreaterThan(Budget(1024).MaxConnections));
        });
    }

    [TestCase(256)]
    [TestCase(1024)]
    [TestCase(4096)]
    [TestCase(65_536)]
    public void Strangers_that_are_borne_and_as_many_that_come_meanwhile_are_provided_for(int limit)
    {
        var budget = DescriptorBudget.For(limit, Proxy, 1, 1, runsContainers: true, statusListeners: 1);
        var api = budget.Apply(new ManagerApiOptions()).InnerStrangers;
        var status = budget.Apply(new StatusListenerOptions()).InnerStrangers;

        Assert.Multiple(() =>
        {
            Assert.That(api + status, Is.EqualTo(budget.InnerStrangers));
            foreach (var descriptors in new[] { api, status })
            {
                var watch = new InnerListenerWatch(TimeProvider.System, descriptors);
                Assert.That(watch.MaxStrangers, Is.InRange(1, 16));
                Assert.That(2 * watch.MaxStrangers, Is.LessThanOrEqualTo(descriptors));
            }
        });
    }

    private static DescriptorBudget Budget(int limit) => DescriptorBudget.For(limit, Proxy, 1, 1, runsContainers: true);
}
