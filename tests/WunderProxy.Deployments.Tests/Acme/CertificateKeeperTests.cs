using System.Globalization;
using System.Text.Json.Nodes;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Acme;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.Deployments.Tests.Acme;

/// <summary>One instance against a server that does what the test wants.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class CertificateKeeperTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly ScriptedAcmeServer _server;

    public CertificateKeeperTests() => _server = new ScriptedAcmeServer(_clock);

    private string File => _directory.Under($"acme/{KeeperUnderTest.Host}.pem");

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task First_certificate_is_ordered_saved_and_handed_over()
    {
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        var (chain, key) = keeper.Sink.Certificates[KeeperUnderTest.Host];
        using var certificate = X509Certificate2.CreateFromPem(chain, key);
        Assert.Multiple(() =>
        {
            Assert.That(certificate.MatchesHostname(KeeperUnderTest.Host));
            Assert.That(keeper.View.ValidUntil, Is.EqualTo(_clock.GetUtcNow() + _server.Life).Within(TimeSpan.FromSeconds(1)));
            Assert.That(keeper.View.NextTry, Is.GreaterThan(_clock.GetUtcNow().AddDays(57)).And.LessThanOrEqualTo(_clock.GetUtcNow().AddDays(60)));
            Assert.That(keeper.View.LastError, Is.Null);
            Assert.That(System.IO.File.ReadAllText(File), Does.StartWith($"ACME directory: {_server.DirectoryUrl}").And.Contains("PRIVATE KEY"));
            Assert.That(System.IO.File.GetUnixFileMode(File), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(Directory.GetFiles(_directory.Under("acme"), "pending*"), Is.Empty);
        });
    }

    [Test]
    public void Key_of_an_order_under_way_has_a_name_that_no_host_can_have()
    {
        using var state = AcmeState.TryOpen(_directory.FullPath)!;

        state.WritePendingKey("a key");

        var name = Directory.GetFiles(_directory.Under("acme"), "pending*").Select(Path.GetFileNameWithoutExtension).Single();
        Assert.That(CertificateHost.TryParse(name!, out _), Is.False);
        Assert.That(state.ReadCertificate("pending"), Is.Null);
        Assert.That(Directory.GetFiles(_directory.Under("acme"), "*.rejected-*"), Is.Empty);
    }

    [Test]
    public async Task Answer_to_the_challenge_stands_only_while_the_server_may_ask()
    {
        using var keeper = NewKeeper();
        var isOpen = false;
        _server.Script = (path, _) =>
        {
            isOpen |= path.StartsWith("/challenge", StringComparison.Ordinal) && keeper.Sink.Open.Contains(ScriptedAcmeServer.Token);
            return null;
        };

        await keeper.LookAsync();

        Assert.That(isOpen, "published before the server was told to look");
        Assert.That(keeper.Sink.Open, Is.Empty);
        Assert.That(keeper.Sink.Published.Single().Answer, Does.Match($"^{ScriptedAcmeServer.Token}\\.[A-Za-z0-9_-]{{43}}$"));
    }

    [Test]
    public async Task Certificate_of_the_state_directory_is_used_after_a_restart_and_nothing_is_ordered()
    {
        using (var first = NewKeeper())
        {
            await first.LookAsync();
        }

        _server.Requests.Clear();
        using var second = NewKeeper();
        Assert.That(second.Sink.Uses, Is.EqualTo(1), "before anything else");
        await second.LookAsync();

        Assert.That(_server.CountOf("/order"), Is.Zero);
        Assert.That(second.View.ValidUntil, Is.Not.Null);
    }

    [Test]
    public async Task Certificate_is_renewed_when_two_thirds_of_its_life_have_passed_under_the_same_account()
    {
        using var keeper = NewKeeper();
        await keeper.LookAsync();
        var first = keeper.Sink.Certificates[KeeperUnderTest.Host];

        _clock.Advance(TimeSpan.FromDays(56));
        await keeper.LookAsync();
        Assert.That(keeper.Sink.Uses, Is.EqualTo(1), "not yet");
        _clock.Advance(TimeSpan.FromDays(4));
        await keeper.LookAsync();

        Assert.Multiple(() =>
        {
            Assert.That(keeper.Sink.Uses, Is.EqualTo(2));
            Assert.That(keeper.Sink.Certificates[KeeperUnderTest.Host].Key, Is.Not.EqualTo(first.Key), "every order has a new key");
            Assert.That(_server.CountOf("/account"), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Loop_orders_at_the_start_and_again_in_time()
    {
        using var keeper = NewKeeper();
        using var end = new CancellationTokenSource();
        var running = keeper.Keeper.RunAsync(end.Token);

        for (var days = 0; days < 61; days++)
        {
            // The loop waits at most 10 minutes at a time, so that it notices when the clock is set.
            await _clock.WaitForTimerAsync(TimeSpan.FromMinutes(10), running);
            _clock.SetUtcNow(_clock.GetUtcNow().AddDays(1));
            _clock.Advance(TimeSpan.FromMinutes(10));
        }

        await _clock.WaitForTimerAsync(TimeSpan.FromMinutes(10), running);
        await end.CancelAsync();
        await running;
        Assert.That(_server.CountOf("/order"), Is.EqualTo(2));
    }

    [Test]
    public async Task Server_with_renewal_information_decides_when_and_learns_what_is_replaced()
    {
        _server.HasRenewalInfo = true;
        _server.Window = (_clock.GetUtcNow().AddDays(20), _clock.GetUtcNow().AddDays(21));
        using var keeper = NewKeeper();
        await keeper.LookAsync();
        Assert.That(keeper.Managed.RenewAt, Is.InRange(_server.Window.Value.Start, _server.Window.Value.End));

        _clock.Advance(TimeSpan.FromDays(21));
        _server.Window = (_clock.GetUtcNow().AddDays(50), _clock.GetUtcNow().AddDays(51));
        await keeper.LookAsync();
        Assert.That(keeper.Sink.Uses, Is.EqualTo(1), "the advice is asked for again before it is followed");

        _server.Window = (_clock.GetUtcNow().AddDays(-2), _clock.GetUtcNow().AddDays(-1));
        _clock.Advance(TimeSpan.FromHours(2));
        await keeper.LookAsync();

        Assert.Multiple(() =>
        {
            Assert.That(keeper.Sink.Uses, Is.EqualTo(2), "a window in the past means at once");
            Assert.That(_server.Orders[0]["replaces"], Is.Null);
            Assert.That((string?)_server.Orders[1]["replaces"], Does.Match("^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$"));
            Assert.That(keeper.Managed.RenewAt, Is.GreaterThan(_clock.GetUtcNow().AddHours(5)), "the same advice does not order for ever");
        });
    }

    [Test]
    public async Task Server_that_always_says_now_is_believed_once_in_six_hours_even_over_a_restart()
    {
        _server.HasRenewalInfo = true;
        _server.Window = (_clock.GetUtcNow().AddDays(-2), _clock.GetUtcNow().AddDays(-1));
        using (var first = NewKeeper())
        {
            await first.LookAsync();
        }

        using var keeper = NewKeeper();
        await keeper.LookAsync();
        Assert.That(_server.CountOf("/order"), Is.EqualTo(1));

        _clock.Advance(TimeSpan.FromHours(6));
        await keeper.LookAsync();
        Assert.That(_server.CountOf("/order"), Is.EqualTo(2));
    }

    [Test]
    public async Task Page_that_explains_the_advice_is_told_once()
    {
        _server.HasRenewalInfo = true;
        _server.Window = (_clock.GetUtcNow().AddDays(20), _clock.GetUtcNow().AddDays(21));
        _server.Explanation = "https://ca.test/why";
        using var keeper = NewKeeper();

        await keeper.LookAsync();
        _clock.Advance(TimeSpan.FromHours(2));
        await keeper.LookAsync();

        Assert.That(keeper.Loggers.Log.MessagesFrom(LogLevel.Information, "explains it at https://ca.test/why"), Has.Count.EqualTo(1));
    }

    [TestCase("/renewal")]
    [TestCase("/dir")]
    public async Task Advice_that_does_not_come_holds_the_hosts_up_for_five_seconds_in_sum(string silent)
    {
        string[] hosts = ["a.example.test", "b.example.test", "c.example.test"];
        _server.HasRenewalInfo = true;
        _server.Window = (_clock.GetUtcNow().AddDays(20), _clock.GetUtcNow().AddDays(21));
        using (var first = new KeeperUnderTest(_server, _clock, _directory.FullPath, hosts: hosts))
        {
            foreach (var host in first.Keeper.Hosts)
            {
                await first.Keeper.LookAsync(host, CancellationToken.None);
            }
        }

        using var hang = new ManualResetEventSlim();
        var questions = 0;
        _server.Script = (path, _) =>
        {
            if (path.StartsWith(silent, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref questions);
                hang.Wait(TimeSpan.FromMinutes(1));
            }

            return null;
        };
        using var keeper = new KeeperUnderTest(_server, _clock, _directory.FullPath, hosts: hosts);

        var looking = keeper.Keeper.LookAsync(keeper.Keeper.Hosts[0], CancellationToken.None);
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(5), looking);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await looking;
        await keeper.Keeper.LookAsync(keeper.Keeper.Hosts[1], CancellationToken.None);
        await keeper.Keeper.LookAsync(keeper.Keeper.Hosts[2], CancellationToken.None);
        hang.Set();

        Assert.That(Volatile.Read(ref questions), Is.LessThanOrEqualTo(1), "the others do not wait for the same server");
        Assert.That(keeper.Keeper.Hosts.Select(host => host.NextLook), Is.All.EqualTo(_clock.GetUtcNow().AddMinutes(10)));
        Assert.That(keeper.Keeper.Snapshot().Hosts.Select(host => host.LastError), Is.All.Null);

        _server.Script = (_, _) => null;
        _clock.Advance(TimeSpan.FromMinutes(10));
        await keeper.Keeper.LookAsync(keeper.Keeper.Hosts[1], CancellationToken.None);
        Assert.That(keeper.Keeper.Hosts[1].RenewAt, Is.InRange(_server.Window.Value.Start, _server.Window.Value.End));
    }

    // All problems of RFC 8555 section 6.7 that may answer an order, and one of somebody's own.
    [TestCase("rateLimited", 429)]
    [TestCase("serverInternal", 500)]
    [TestCase("userActionRequired", 403)]
    [TestCase("externalAccountRequired", 403)]
    [TestCase("rejectedIdentifier", 400)]
    [TestCase("unsupportedIdentifier", 400)]
    [TestCase("caa", 403)]
    [TestCase("unsupportedContact", 400)]
    [TestCase("invalidContact", 400)]
    [TestCase("accountDoesNotExist", 400)]
    [TestCase("badSignatureAlgorithm", 400)]
    [TestCase("badPublicKey", 400)]
    [TestCase("badNonce", 400)]
    [TestCase("compound", 400)]
    [TestCase("connection", 400)]
    [TestCase("dns", 400)]
    [TestCase("incorrectResponse", 400)]
    [TestCase("tls", 400)]
    [TestCase("malformed", 400)]
    [TestCase("unauthorized", 403)]
    [TestCase("alreadyReplaced", 409)]
    [TestCase("somethingNew", 418)]
    public async Task Refusal_is_told_in_the_servers_words_and_tried_again_later(string type, int status)
    {
        _server.Script = (path, _) =>
            path is "/order" or "/account" ? ScriptedAcmeServer.Problem(status, type, "because of <reasons>") : null;
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.Multiple(() =>
        {
            Assert.That(keeper.View.LastError, Does.Contain(type).And.Contains("because of <reasons>"));
            Assert.That(keeper.View.NextTry, Is.EqualTo(_clock.GetUtcNow().AddMinutes(1)));
            Assert.That(keeper.Warnings, Does.Contain("no new certificate for shop.example.test (there is none yet").And.Contains(type));
            Assert.That(keeper.Keeper.Snapshot().ForAnybody().Hosts[0].LastError, Does.Not.Contain("reasons"));
            Assert.That(string.Concat(keeper.Keeper.Snapshot().PublicWarnings), Does.Not.Contain("reasons"));
        });
    }

    [TestCase("badCSR", 400)]
    [TestCase("orderNotReady", 403)]
    [TestCase("unauthorized", 403)]
    public async Task Refusal_at_the_end_of_an_order_is_told_in_the_servers_words(string type, int status)
    {
        _server.Script = (path, _) => path == "/finalize/1" ? ScriptedAcmeServer.Problem(status, type, "because of <reasons>") : null;
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Does.Contain(type).And.Contains("because of <reasons>"));
        Assert.That(keeper.View.NextTry, Is.EqualTo(_clock.GetUtcNow().AddMinutes(1)));
        Assert.That(keeper.Sink.Open, Is.Empty);
    }

    [Test]
    public async Task Failure_takes_nothing_away_and_the_pauses_grow_until_a_success()
    {
        using var keeper = NewKeeper();
        await keeper.LookAsync();
        _clock.Advance(TimeSpan.FromDays(61));
        _server.Script = (path, _) => path == "/order" ? ScriptedAcmeServer.Problem(403, "caa", "no") : null;
        for (var failures = 1; failures <= 5; failures++)
        {
            await keeper.LookAsync();
            Assert.That(
                keeper.View.NextTry - _clock.GetUtcNow(),
                Is.InRange(TimeSpan.FromMinutes(Math.Max(1, Math.Pow(2, failures - 2))), TimeSpan.FromMinutes(Math.Pow(2, failures - 1))));
            Assert.That(keeper.View.Failures, Is.EqualTo(failures));
        }

        Assert.That(keeper.Sink.Uses, Is.EqualTo(1));
        Assert.That(keeper.View.ValidUntil, Is.Not.Null, "the old one is in use");
        _clock.Advance(TimeSpan.FromDays(16));
        await keeper.LookAsync();
        Assert.That(keeper.Warnings, Does.Contain("expires on").And.Contains("could not be renewed yet"));

        _server.Script = (_, _) => null;
        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Is.Null);
        Assert.That(keeper.View.Failures, Is.Zero);
        Assert.That(keeper.Warnings, Does.Not.Contain("shop.example.test"));
    }

    [Test]
    public async Task Pause_that_the_server_asks_for_is_kept_even_over_a_restart()
    {
        _server.Script = (path, response) =>
        {
            if (path != "/order")
            {
                return null;
            }

            response.Headers["Retry-After"] = "172800";
            return ScriptedAcmeServer.Problem(429, "rateLimited", "too many");
        };
        var until = _clock.GetUtcNow().AddDays(2);
        using (var keeper = NewKeeper())
        {
            await keeper.LookAsync();
            Assert.That(keeper.View.NextTry, Is.EqualTo(until));
        }

        using (var second = NewKeeper())
        {
            Assert.That(second.View.NextTry, Is.EqualTo(until));
        }

        using var other = new ScriptedAcmeServer(_clock);
        using var third = new KeeperUnderTest(other, _clock, _directory.FullPath);
        Assert.That(third.View.NextTry, Is.LessThan(_clock.GetUtcNow()), "another server asked for nothing");
    }

    [Test]
    public async Task Failures_and_their_pause_are_kept_over_a_restart_until_a_success()
    {
        _server.Script = (path, _) => path == "/order" ? ScriptedAcmeServer.Problem(403, "caa", "no") : null;
        DateTimeOffset next;
        using (var first = NewKeeper())
        {
            await first.LookAsync();
            await first.LookAsync();
            await first.LookAsync();
            next = first.View.NextTry!.Value;
        }

        using (var second = NewKeeper())
        {
            Assert.That(second.View.NextTry, Is.EqualTo(next));
            Assert.That(second.View.Failures, Is.EqualTo(3));
            await second.LookInPauseAsync();
            Assert.That(_server.CountOf("/order"), Is.EqualTo(3), "nothing is ordered in the pause");

            _clock.Advance(TimeSpan.FromMinutes(4));
            await second.LookInPauseAsync();
            Assert.That(second.View.Failures, Is.EqualTo(4), "the pauses grow on");
            _server.Script = (_, _) => null;
            await second.LookAsync();
        }

        Assert.That(System.IO.File.Exists(_directory.Under("acme/pauses.json")), Is.False);
    }

    [Test]
    public async Task Program_that_ends_in_an_order_does_not_order_at_once_when_it_is_started_again()
    {
        var pauses = "";
        using (var first = NewKeeper())
        {
            // What a process that is killed leaves behind is what the file has while the order runs.
            _server.Script = (path, _) =>
            {
                pauses = path == "/order" ? System.IO.File.ReadAllText(_directory.Under("acme/pauses.json")) : pauses;
                return path == "/order" ? ScriptedAcmeServer.Problem(403, "caa", "no") : null;
            };
            await first.LookAsync();
        }

        System.IO.File.WriteAllText(_directory.Under("acme/pauses.json"), pauses);
        _server.Requests.Clear();
        using var second = NewKeeper();
        await second.LookInPauseAsync();

        Assert.That(_server.Requests, Is.Empty);
        Assert.That(second.View.Failures, Is.EqualTo(1));
        Assert.That(second.View.NextTry, Is.EqualTo(_clock.GetUtcNow().AddMinutes(1)));
    }

    [Test]
    public async Task Order_that_an_orderly_stop_interrupts_is_tried_at_once_after_the_start()
    {
        using var stop = new CancellationTokenSource();
        using (var first = NewKeeper())
        {
            _server.Script = (path, _) =>
            {
                if (path == "/order")
                {
                    stop.Cancel();
                }

                return null;
            };
            await first.Keeper.LookAsync(first.Managed, stop.Token);
        }

        using var second = NewKeeper();
        await second.LookInPauseAsync();

        Assert.That(second.View.ValidUntil, Is.Not.Null);
    }

    [Test]
    public async Task Pauses_of_failures_leave_more_tries_before_a_short_life_ends()
    {
        _server.Life = TimeSpan.FromHours(6);
        using var keeper = NewKeeper();
        await keeper.LookAsync();
        _clock.Advance(TimeSpan.FromHours(4));
        _server.Script = (path, _) => path == "/order" ? ScriptedAcmeServer.Problem(403, "caa", "no") : null;
        keeper.Managed.Failures = 50;

        await keeper.LookAsync();

        Assert.That(keeper.View.NextTry - _clock.GetUtcNow(), Is.InRange(TimeSpan.FromMinutes(30), TimeSpan.FromHours(1)));
    }

    [Test]
    public async Task Window_just_before_the_end_of_the_life_is_not_waited_for()
    {
        _server.HasRenewalInfo = true;
        _server.Window = (_clock.GetUtcNow().AddDays(90).AddMinutes(-20), _clock.GetUtcNow().AddDays(90).AddMinutes(-10));
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(
            keeper.Managed.RenewAt,
            Is.EqualTo(_clock.GetUtcNow().AddDays(72)).Within(TimeSpan.FromSeconds(1)), "four fifths of the life");
    }

    [Test]
    public void Pause_that_a_wrong_clock_began_is_forgotten()
    {
        Directory.CreateDirectory(_directory.Under("acme"));
        System.IO.File.WriteAllText(
            _directory.Under("acme/pauses.json"),
            $$"""{"Directory":"{{_server.DirectoryUrl}}","Until":{"{{KeeperUnderTest.Host}}":"{{_clock.GetUtcNow().AddDays(8):O}}"} }""");

        using var keeper = NewKeeper();

        Assert.That(keeper.Warnings, Does.Not.Contain("put aside"));
        Assert.That(keeper.View.NextTry, Is.LessThan(_clock.GetUtcNow()));
    }

    [Test]
    public async Task Pause_begun_by_a_clock_that_ran_ahead_begins_anew_once_after_the_correction()
    {
        _server.Script = (path, _) => path == "/order" ? ScriptedAcmeServer.Problem(403, "caa", "no") : null;
        var ahead = TimeSpan.FromDays(3);
        _clock.SetUtcNow(_clock.GetUtcNow() + ahead);
        DateTimeOffset next;
        using (var first = NewKeeper())
        {
            await first.LookAsync();
            next = first.View.NextTry!.Value - ahead;
        }

        _clock.SetUtcNow(_clock.GetUtcNow() - ahead);
        using (var second = NewKeeper())
        {
            Assert.That(second.View.NextTry, Is.EqualTo(next));
        }

        _clock.Advance(TimeSpan.FromSeconds(10));
        using var third = NewKeeper();
        Assert.That(third.View.NextTry, Is.EqualTo(next), "no restart lengthens it");
        Assert.That(third.View.Failures, Is.EqualTo(1));
    }

    [Test]
    public async Task Clock_that_is_set_back_lengthens_no_pause()
    {
        _server.Script = (path, _) => path == "/order" ? ScriptedAcmeServer.Problem(403, "caa", "no") : null;
        using var keeper = NewKeeper();
        using var end = new CancellationTokenSource();
        var running = keeper.Keeper.RunAsync(end.Token);
        await _clock.WaitForTimerAsync(TimeSpan.FromMinutes(1), running);
        _server.Script = (_, _) => null;

        _clock.SetUtcNow(_clock.GetUtcNow().AddDays(-30));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _clock.WaitForTimerAsync(TimeSpan.FromMinutes(1), running);
        var pauses = JsonNode.Parse(System.IO.File.ReadAllText(_directory.Under("acme/pauses.json")))!;
        Assert.That((DateTimeOffset)pauses["Until"]![KeeperUnderTest.Host]!, Is.LessThan(_clock.GetUtcNow().AddMinutes(3)));
        Assert.That((DateTimeOffset)pauses["Written"]!, Is.EqualTo(_clock.GetUtcNow()));
        _clock.Advance(TimeSpan.FromMinutes(1));

        await _clock.WaitForTimerAsync(TimeSpan.FromMinutes(10), running);
        await end.CancelAsync();
        await running;
        Assert.That(keeper.Sink.Uses, Is.EqualTo(1));
        Assert.That(_server.CountOf("/order"), Is.EqualTo(2));
    }

    [Test]
    public async Task Fault_that_passes_is_tried_three_times_within_one_order()
    {
        var faults = 2;
        _server.Script = (path, _) => path == "/order" && faults-- > 0 ? (503, "text/html", "<h1>away</h1>") : null;
        using var keeper = NewKeeper();

        var looking = keeper.LookAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1), looking);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(2), looking);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await looking;

        Assert.That(keeper.Sink.Uses, Is.EqualTo(1));
    }

    [Test]
    public async Task Nonce_that_is_refused_is_replaced_by_the_one_of_the_answer()
    {
        var refusals = 12;
        _server.Script = (path, _) =>
            path is "/account" or "/order" && refusals-- > 0 ? ScriptedAcmeServer.Problem(400, "badNonce", "old") : null;
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Is.Null);
        Assert.That(_server.CountOf("/nonce"), Is.Zero, "the directory's answer brought the first one");
    }

    [Test]
    public async Task Account_that_the_server_forgot_is_opened_again_with_the_same_key()
    {
        var refusals = 1;
        using var keeper = NewKeeper();
        await keeper.LookAsync();
        var account = Directory.GetFiles(_directory.Under("acme"), "account-*").Single();
        var before = System.IO.File.ReadAllText(account);
        _clock.Advance(TimeSpan.FromDays(61));
        _server.Script = (path, _) =>
            path == "/order" && refusals-- > 0 ? ScriptedAcmeServer.Problem(400, "accountDoesNotExist", "who?") : null;

        await keeper.LookAsync();

        Assert.That(keeper.Sink.Uses, Is.EqualTo(2));
        Assert.That(_server.CountOf("/account"), Is.EqualTo(2));
        Assert.That(System.IO.File.ReadAllText(account), Is.EqualTo(before));
    }

    [Test]
    public async Task Account_that_the_server_forgot_is_opened_again_with_another_mail_address()
    {
        using var keeper = NewKeeper();
        await keeper.LookAsync();
        var account = Directory.GetFiles(_directory.Under("acme"), "account-*").Single();
        System.IO.File.WriteAllText(account, System.IO.File.ReadAllText(account).Replace("ops@example.test", "old@example.test", StringComparison.Ordinal));
        _clock.Advance(TimeSpan.FromDays(61));
        _server.Script = (path, _) => path == "/account/1" ? ScriptedAcmeServer.Problem(400, "accountDoesNotExist", "who?") : null;

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Is.Null);
        Assert.That(System.IO.File.ReadAllText(account), Does.Contain("ops@example.test"));
    }

    [TestCase("alreadyReplaced", 409)]
    [TestCase("malformed", 404)]
    [TestCase("unauthorized", 403)]
    public async Task Certificate_that_may_not_be_replaced_is_followed_by_one_that_replaces_none(string type, int status)
    {
        _server.HasRenewalInfo = true;
        using var keeper = NewKeeper();
        await keeper.LookAsync();
        _clock.Advance(TimeSpan.FromDays(61));
        var refusals = 1;
        _server.Script = (path, _) =>
            path == "/order" && refusals-- > 0 ? ScriptedAcmeServer.Problem(status, type, "another account ordered it") : null;

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Is.Null);
        Assert.That(_server.CountOf("/order"), Is.EqualTo(3));
        Assert.That(_server.Orders[1]["replaces"], Is.Null);
    }

    [TestCase("/dir", 200, "application/json", "{", "no directory")]
    [TestCase("/dir", 200, "application/json", "null", "no directory")]
    [TestCase("/dir", 200, "application/json", "{}", "incomplete")]
    [TestCase("/dir", 200, "text/html", "<h1>hello</h1>", "no directory")]
    [TestCase("/dir", 302, "text/html", "", "redirect")]
    [TestCase("/dir", 404, "text/html", "", "404")]
    [TestCase("/dir", 200, "application/json", """{"newNonce":"http://evil.test/n","newAccount":"http://evil.test/a","newOrder":"ftp://evil.test"}""", "not https")]
    [TestCase("/order", 201, "application/json", "[]", "where the order is")]
    [TestCase("/order/1", 200, "application/json", """{"status":"invalid","error":{"type":"urn:ietf:params:acme:error:caa","detail":"CAA says no"}}""", "CAA says no")]
    [TestCase("/order/1", 200, "application/json", """{"status":"strange"}""", "strange")]
    [TestCase("/order/1", 200, "application/json", """{"status":"valid"}""", "where the certificate is")]
    [TestCase("/authorization/1", 200, "application/json", """{"status":"pending","challenges":[null,{"type":"dns-01"}]}""", "no HTTP challenge")]
    [TestCase("/authorization/1", 200, "application/json", """{"status":"pending","challenges":[{"type":"http-01","url":"https://x.test/","token":"../../etc/passwd"}]}""", "form that is not allowed")]
    [TestCase("/authorization/1", 200, "application/json", """{"status":"invalid","challenges":[]}""", "no HTTP challenge")]
    [TestCase("/certificate/1", 200, "application/pem-certificate-chain", "", "0 certificates")]
    [TestCase("/certificate/1", 200, "application/pem-certificate-chain", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "no certificates in PEM")]
    public async Task Lie_of_the_server_is_an_error_that_says_what_was_wrong(string path, int status, string type, string body, string expected)
    {
        var proved = false;
        _server.Script = (one, _) =>
        {
            // The authorization is read before and after the proof; the lie is told at the first read.
            proved |= one == "/challenge/1";
            return one == path && !proved || one == path && path != "/authorization/1" ? (status, type, body) : null;
        };
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Does.Contain(expected));
        Assert.That(keeper.Sink.Uses, Is.Zero);
        Assert.That(keeper.Sink.Open, Is.Empty);
    }

    [TestCase("/order", "http://[", "the order")]
    [TestCase("/order", "//:80", "the order")]
    [TestCase("/order", "https://ca.test:99999/order/1", "the order")]
    [TestCase("/order", "ftp://ca.test/order/1", "the order")]
    [TestCase("/account", "https://", "the new account")]
    [TestCase("/account", "http://ca.test/account/1", "the new account")]
    public async Task Location_that_is_no_url_is_an_error_that_quotes_it(string path, string location, string what)
    {
        _server.Script = (one, response) =>
        {
            if (one != path)
            {
                return null;
            }

            response.Headers["Location"] = location;
            return (201, "application/json", """{"status":"pending"}""");
        };
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(
            keeper.View.LastError, Is.EqualTo($"the ACME server's Location of {what} is not an https URL: {location}"));
    }

    [Test]
    public async Task Location_of_which_nothing_is_needed_may_be_anything()
    {
        _server.Script = (path, response) =>
        {
            if (path == "/challenge/1")
            {
                response.Headers["Location"] = "http://[";
            }

            return null;
        };
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Is.Null);
    }

    [Test]
    public async Task Challenge_that_fails_is_told_with_what_the_server_saw()
    {
        var isAsked = false;
        _server.Script = (path, _) =>
        {
            isAsked |= path == "/challenge/1";
            return isAsked && path == "/authorization/1"
                ? (200, "application/json",
                    """{"status":"invalid","challenges":[{"type":"http-01","error":{"type":"urn:ietf:params:acme:error:connection","detail":"10.0.0.1: connection refused"}}]}""")
                : null;
        };
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Does.Contain("could not see that shop.example.test is ours: connection: 10.0.0.1: connection refused"));
    }

    [Test]
    public async Task Server_without_nonces_is_an_error()
    {
        _server.SendsNonces = false;
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Is.EqualTo("the ACME server sends no Replay-Nonce"));
    }

    [Test]
    public async Task Chain_of_a_mebibyte_is_not_read()
    {
        _server.Script = (path, _) =>
            path == "/certificate/1" ? (200, "application/pem-certificate-chain", new string('A', 1 << 20)) : null;
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Does.Contain("more than 128 KiB"));
    }

    [TestCase("other.example.test", "does not name shop.example.test")]
    [TestCase(KeeperUnderTest.Host, "for another key")]
    public async Task Certificate_for_another_name_or_key_is_refused(string name, string expected)
    {
        using var authority = new TestAuthority();
        var (chain, key) = authority.Make(_clock.GetUtcNow(), TimeSpan.FromDays(90), name);
        var error = Assert.Catch(() => Deployments.Acme.IssuedCertificate.Parse(
            KeeperUnderTest.Host, "", chain, name == KeeperUnderTest.Host ? authority.Make(_clock.GetUtcNow(), TimeSpan.FromDays(1), name).Key : key));
        Assert.That(error!.Message, Does.Contain(expected));
        _server.Script = (path, _) => path == "/certificate/1" ? (200, "application/pem-certificate-chain", chain) : null;
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Does.Contain("cannot be used"));
        Assert.That(keeper.Sink.Uses, Is.Zero);
    }

    [Test]
    public async Task Server_that_is_away_is_an_error_that_names_it()
    {
        _server.Dispose();
        using var keeper = NewKeeper();

        var looking = keeper.LookAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1), looking);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(2), looking);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await looking;

        Assert.That(keeper.View.LastError, Does.Contain($"{_server.DirectoryUrl.Authority} cannot be reached").And.Contains("refused"));
    }

    [Test]
    public async Task Server_that_does_not_answer_is_given_up_after_half_a_minute()
    {
        using var hang = new ManualResetEventSlim();
        _server.Script = (path, _) =>
        {
            if (path == "/dir")
            {
                hang.Wait(TimeSpan.FromSeconds(30));
            }

            return null;
        };
        using var keeper = NewKeeper();
        var looking = keeper.LookAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), looking);

        _clock.Advance(TimeSpan.FromSeconds(30));
        await looking;
        hang.Set();

        Assert.That(keeper.View.LastError, Does.Contain("did not answer within 30 s"));
    }

    [Test]
    public async Task Answer_that_never_ends_is_given_up_after_half_a_minute()
    {
        using var hang = new ManualResetEventSlim();
        _server.BeforeLastByte = path =>
        {
            if (path == "/dir")
            {
                hang.Wait(TimeSpan.FromSeconds(30));
            }
        };
        using var keeper = NewKeeper();
        var looking = keeper.LookAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), looking);

        _clock.Advance(TimeSpan.FromSeconds(30));
        await looking;
        hang.Set();

        Assert.That(keeper.View.LastError, Does.Contain("did not answer within 30 s"));
    }

    [TestCase("/authorization/1", "pending", "/challenge/1")]
    [TestCase("/order/1", "pending", "/challenge/1")]
    [TestCase("/order/1", "processing", "/finalize/1")]
    public async Task Order_that_is_never_decided_is_given_up_after_five_minutes(string path, string state, string after)
    {
        var isStuck = false;
        _server.Script = (one, response) =>
        {
            isStuck |= one == after;
            if (one != path || !isStuck)
            {
                return null;
            }

            response.Headers["Retry-After"] = "3600";
            return (200, "application/json", $$"""{"status":"{{state}}"}""");
        };
        using var keeper = NewKeeper();

        var looking = keeper.LookAsync();
        for (var minutes = 0; minutes < 5; minutes++)
        {
            await _clock.WaitForTimerAsync(TimeSpan.FromMinutes(1), looking);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        await looking;
        Assert.That(keeper.View.LastError, Does.Contain("the order was not done within 5 min"));
        Assert.That(keeper.Sink.Open, Is.Empty);
    }

    [TestCase("/account")]
    [TestCase("/order")]
    public async Task Server_that_refuses_nonces_slowly_is_given_up_after_six_minutes(string slow)
    {
        _server.Script = (path, _) =>
        {
            if (path != slow)
            {
                return null;
            }

            _clock.Advance(TimeSpan.FromSeconds(29));
            return ScriptedAcmeServer.Problem(400, "badNonce", "again");
        };
        using var keeper = NewKeeper();
        var start = _clock.GetUtcNow();

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Does.Match("not done within [56] min"));
        Assert.That(_clock.GetUtcNow() - start, Is.LessThan(TimeSpan.FromMinutes(7)));
        Assert.That(keeper.View.Failures, Is.EqualTo(1));
    }

    [Test]
    public async Task Order_that_shows_only_later_that_it_was_finalized_is_waited_for()
    {
        var isLate = false;
        _server.Script = (path, _) =>
        {
            var answer = isLate && path == "/order/1" ? (200, "application/json", """{"status":"ready"}""") : ((int, string, string)?)null;
            isLate = path == "/finalize/1";
            return answer;
        };
        using var keeper = NewKeeper();

        var looking = keeper.LookAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromMilliseconds(250), looking);
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        await looking;

        Assert.That(keeper.View.LastError, Is.Null);
        Assert.That(_server.CountOf("/finalize/1"), Is.EqualTo(1));
    }

    [Test]
    public async Task Clock_that_is_off_is_a_warning_and_an_expired_new_certificate_an_error()
    {
        _clock.SetUtcNow(TimeProvider.System.GetUtcNow().AddYears(2));
        _server.Shift = TimeSpan.FromDays(-365);
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.Warnings, Does.Contain("the clock of this machine differs from the ACME server's by"));
        Assert.That(keeper.View.LastError, Does.Contain("is the clock of this machine right?"));
    }

    [Test]
    public async Task Certificate_from_the_future_is_used_with_a_warning()
    {
        _server.Shift = TimeSpan.FromDays(30);
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.Sink.Uses, Is.EqualTo(1));
        Assert.That(keeper.Warnings, Does.Contain("is valid only from"));
    }

    [Test]
    public async Task Nothing_is_ordered_while_the_state_directory_cannot_be_written()
    {
        using var keeper = NewKeeper();

        // Root may write anywhere, so the directory itself is taken away.
        Directory.Delete(_directory.Under("acme"), recursive: true);

        await keeper.LookAsync();

        Assert.That(keeper.View.LastError, Does.Contain("cannot be written").And.Contain(_directory.FullPath));
        Assert.That(keeper.ForAnybody, Does.Contain("cannot be written").And.Not.Contain(_directory.FullPath));
        Assert.That(keeper.Managed.IsPauseKept, Is.False, "a restart may try at once");
        Assert.That(_server.CountOf("/order"), Is.Zero);
    }

    [TestCase("")]
    [TestCase("rubbish")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public async Task File_that_cannot_be_used_is_put_aside_with_a_warning(string content)
    {
        Directory.CreateDirectory(_directory.Under("acme"));
        System.IO.File.WriteAllText(File, content);
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        var aside = Directory.GetFiles(_directory.Under("acme"), "*.rejected-*").Single();
        Assert.That(System.IO.File.ReadAllText(aside), Is.EqualTo(content));
        Assert.That(keeper.Warnings, Does.Contain("was put aside as"));
        Assert.That(keeper.Sink.Uses, Is.EqualTo(1));
    }

    [Test]
    public async Task Path_of_the_state_directory_is_told_to_callers_with_rights_only()
    {
        Directory.CreateDirectory(_directory.Under("acme"));
        System.IO.File.WriteAllText(File, "rubbish");
        System.IO.File.SetUnixFileMode(
            _directory.FullPath, System.IO.File.GetUnixFileMode(_directory.FullPath) | UnixFileMode.GroupWrite);
        _server.Script = (path, _) =>
        {
            if (path == "/certificate/1")
            {
                Directory.Delete(_directory.Under("acme"), recursive: true);
            }

            return null;
        };
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        foreach (var (told, detail) in new[]
        {
            ("not safe from other users", "chmod go-w"),
            ("a file of the ACME state directory cannot be used", "was put aside as"),
            ("would be lost by a restart", "cannot be written"),
        })
        {
            Assert.That(keeper.Warnings, Does.Contain(told).And.Contain(detail).And.Contain(_directory.FullPath));
            Assert.That(keeper.ForAnybody, Does.Contain(told).And.Not.Contain(detail).And.Not.Contain(_directory.FullPath));
        }
    }

    [Test]
    public async Task Account_file_that_cannot_be_used_is_put_aside_and_a_new_account_made()
    {
        using (var first = NewKeeper())
        {
            await first.LookAsync();
        }

        var account = Directory.GetFiles(_directory.Under("acme"), "account-*").Single();
        System.IO.File.WriteAllText(account, """{"Directory": 7}""");
        _clock.Advance(TimeSpan.FromDays(61));
        using var keeper = NewKeeper();

        await keeper.LookAsync();

        Assert.That(keeper.Warnings, Does.Contain("was put aside as"));
        Assert.That(_server.CountOf("/account"), Is.EqualTo(2));
        Assert.That(keeper.Sink.Uses, Is.EqualTo(2));
    }

    [Test]
    public void Wildcard_is_a_warning_and_no_order()
    {
        using var keeper = NewKeeper();

        Assert.That(keeper.Warnings, Does.Contain("*.example.test gets no certificate"));
        Assert.That(keeper.Keeper.Hosts, Has.Count.EqualTo(1));
    }

    [Test]
    public void Directory_of_another_process_is_not_opened()
    {
        using var keeper = NewKeeper();

        Assert.That(Deployments.Acme.AcmeState.TryOpen(_directory.FullPath), Is.Null);
    }

    [Test]
    public async Task Certificate_of_another_server_is_replaced_at_once_and_serves_until_then()
    {
        using var other = new ScriptedAcmeServer(_clock);
        using (var first = new KeeperUnderTest(other, _clock, _directory.FullPath))
        {
            await first.LookAsync();
        }

        using var keeper = NewKeeper();
        Assert.That(keeper.Sink.Uses, Is.EqualTo(1));
        await keeper.LookAsync();

        Assert.That(_server.CountOf("/order"), Is.EqualTo(1));
        Assert.That(keeper.Sink.Uses, Is.EqualTo(2));
        Assert.That(System.IO.File.ReadAllText(File), Does.Contain(string.Create(CultureInfo.InvariantCulture, $"{_server.DirectoryUrl}")));
    }

    private KeeperUnderTest NewKeeper() => new(_server, _clock, _directory.FullPath);
}
