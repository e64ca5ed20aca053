# Runs in Odoo as superuser, inside the save: an error undoes the save.
# One search for all of them: a load brings a thousand numbers at a time.
numbered = records.filtered('default_code')
settings = env['ir.config_parameter'].sudo()
characters = settings.get_param('phaseline.sku_characters', '')
shortest, longest = [int(number) for number in settings.get_param('phaseline.sku_length', '1 to 64').split(' to ')]
for product in numbered.filtered('is_storable'):
    sku = product.default_code
    if not shortest <= len(sku) <= longest or any(letter not in characters for letter in sku):
        raise UserError('SKU rule: %r must be %d to %d characters of %s' % (sku, shortest, longest, characters))
products = env['product.product'].with_context(active_test=False).sudo()
wanted = list(set(numbered.mapped('default_code')))
for sku, count in products._read_group([('default_code', 'in', wanted)], ['default_code'], ['__count']) if wanted else []:
    if count > 1:
        raise UserError('SKU duplicate: %r is the number of another product' % sku)
